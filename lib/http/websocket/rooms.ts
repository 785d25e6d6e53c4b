/** Subscribers of topics, in each namespace. */
export class Rooms<Member extends { readonly namespace: string }> {
  readonly #rooms = new Map<string, Map<string, Set<Member>>>();

  subscribe(member: Member, topic: string): void {
    let topics = this.#rooms.get(member.namespace);
    if (!topics) this.#rooms.set(member.namespace, (topics = new Map()));
    let members = topics.get(topic);
    if (!members) topics.set(topic, (members = new Set()));
    members.add(member);
  }

  unsubscribe(member: Member, topic: string): void {
    const topics = this.#rooms.get(member.namespace);
    const members = topics?.get(topic);
    if (!members?.delete(member) || members.size > 0) return;
    topics?.delete(topic);
    if (topics?.size === 0) this.#rooms.delete(member.namespace);
  }

  /** Iterates over the subscribers of a topic, in one namespace or in all. */
  *members(topic: string, namespace: string | undefined): Iterable<Member> {
    const named = namespace === undefined ? this.#rooms.values() : [this.#rooms.get(namespace)];
    for (const topics of named) yield* topics?.get(topic) ?? [];
  }
}
