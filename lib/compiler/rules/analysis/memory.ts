import type { ts } from 'ts-morph';
import type { Edit } from '../../incremental/edits.js';

/** Files and declarations on which an answer depends. */
interface Sources {
  /** Names of the examined files; files that they import count as well. */
  readonly files: Set<string>;
  /** Declarations whose uses were examined. */
  readonly declarations: Set<ts.Node>;
  /** Open questions whose answers were assumed. */
  readonly assumed: Set<Answer>;
}

interface Answer extends Sources {
  value: unknown;
  state: 'open' | 'known';
}

/**
 * Answers to questions about nodes of a plugin, kept from one edit to the next until something that they depend on changes. An
 * answer may contain nodes but never types or symbols, which belong to another program after an edit.
 */
export class Memory {
  readonly #answers = new Map<string, Map<ts.Node, Answer>>();
  readonly #open: Answer[] = [];

  /**
   * Returns the answer to `question` about `node`: a kept one, or the result of `find`.
   *
   * @param question names the question; the result of `find` must depend only on `node` and the sources.
   * @param meanwhile is the answer if the question comes up again while it is being answered.
   */
  recall<T>(question: string, node: ts.Node, find: () => T, meanwhile?: T): T {
    const answers = this.#answers.get(question) ?? new Map<ts.Node, Answer>();
    this.#answers.set(question, answers);
    const known = answers.get(node);
    if (known?.state === 'open') {
      for (const open of this.#open.slice(this.#open.indexOf(known) + 1)) open.assumed.add(known);
      return meanwhile as T;
    }
    if (known) {
      this.#pass(known);
      return known.value as T;
    }
    const answer: Answer = {
      value: undefined,
      state: 'open',
      files: new Set([node.getSourceFile().fileName]),
      declarations: new Set(),
      assumed: new Set(),
    };
    answers.set(node, answer);
    this.#open.push(answer);
    try {
      answer.value = find();
      answer.state = 'known';
      return answer.value as T;
    } finally {
      this.#open.pop();
      // An answer that depends on an assumption is not kept.
      if (answer.state === 'open' || answer.assumed.size > 0) answers.delete(node);
      this.#pass(answer);
    }
  }

  /** Notes that the current question examines this file. */
  noteFile(file: ts.SourceFile): void {
    this.#open.at(-1)?.files.add(file.fileName);
  }

  /** Notes that the current question depends on the uses of this declaration. */
  noteUses(declaration: ts.Node): void {
    this.#open.at(-1)?.declarations.add(declaration);
  }

  /** Forgets answers that an edit may have changed. */
  forget(edit: Edit): void {
    if (edit.extent === 'everything') this.#answers.clear();
    else if (edit.extent === 'files') this.#forgetIf(({ files }) => shares(files, edit.reached));
  }

  /** Forgets answers that depend on the uses of these declarations, which have changed. */
  forgetUsesOf(disturbed: ReadonlySet<ts.Node>): void {
    this.#forgetIf(({ declarations }) => shares(declarations, disturbed));
  }

  #forgetIf(isStale: (sources: Sources) => boolean): void {
    for (const answers of this.#answers.values()) {
      for (const [node, answer] of answers) if (isStale(answer)) answers.delete(node);
    }
  }

  /** Adds the sources of an answer to those of the question around it. */
  #pass({ files, declarations }: Sources): void {
    const outer = this.#open.at(-1);
    if (!outer) return;
    for (const file of files) outer.files.add(file);
    for (const declaration of declarations) outer.declarations.add(declaration);
  }
}

function shares<T>(some: ReadonlySet<T>, others: ReadonlySet<T>): boolean {
  for (const one of some) if (others.has(one)) return true;
  return false;
}
