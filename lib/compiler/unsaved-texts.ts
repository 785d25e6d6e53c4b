import { Project, type FileSystemHost } from 'ts-morph';

/** Returns a file system in which `texts`, by path with forward slashes, replace their files, as if an editor had saved them. */
export function diskWithUnsaved(texts: ReadonlyMap<string, string>): FileSystemHost {
  const disk = new Project().getFileSystem();
  const overlay: Pick<FileSystemHost, 'readFileSync'> = {
    readFileSync: (path, encoding) => texts.get(path) ?? disk.readFileSync(path, encoding),
  };
  return Object.assign(Object.create(disk) as FileSystemHost, overlay);
}
