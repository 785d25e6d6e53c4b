import { Project } from 'ts-morph';
import type { PluginSources } from '../rule.js';
import { analyse } from './analysis/analysis.js';

// There is one project for each folder, because parsing the declarations of the language and Node again would cost more than the
// rules.
const projects = new WeakMap<Project, Map<string, Project>>();

/** Returns the JavaScript that a plugin brings in and that its compiler does not read, as sources of their own. */
export function javascriptOf(plugin: PluginSources): PluginSources | undefined {
  const { unread } = analyse(plugin);
  if (unread.length === 0) return undefined;
  const byFolder = projects.get(plugin.project) ?? new Map<string, Project>();
  projects.set(plugin.project, byFolder);
  const project = byFolder.get(plugin.folder) ?? openProject(plugin.project);
  byFolder.set(plugin.folder, project);
  const files = unread.map((path) => {
    const text = plugin.project.getFileSystem().readFileSync(path);
    const known = project.getSourceFile(path);
    return known?.getFullText() === text ? known : project.createSourceFile(path, text, { overwrite: true });
  });
  return { ...plugin, files, root: undefined, project };
}

function openProject(plugin: Project): Project {
  const compilerOptions = { ...plugin.compilerOptions.get(), allowJs: true, checkJs: false };
  return new Project({ compilerOptions, skipAddingFilesFromTsConfig: true });
}
