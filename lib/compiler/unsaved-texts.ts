import { Project, type FileSystemHost } from 'ts-morph';

/** Returns the disk as it is once an editor has saved everything: `texts`, by path with forward slashes, stand in for their files. */
export function diskWithUnsaved(texts: ReadonlyMap<string, string>): FileSystemHost {
  const disk = new Project().getFileSystem();
  const overlay: Pick<FileSystemHost, 'readFileSync'> = {
    readFileSync: (path, encoding) => texts.get(path) ?? disk.readFileSync(path, encoding),
  };
  return Object.assign(Object.create(disk) as FileSystemHost, overlay);
}
