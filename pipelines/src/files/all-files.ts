import { inlineFiles, localFiles } from './sources.js'
import { TaskFiles } from './task-files.js'
import { volumeFiles } from './volume-files.js'
import { workspaceFiles } from './workspace-files.js'

/** Files in every form of path that tasks may name. */
export const allFiles = () => new TaskFiles([inlineFiles, localFiles, workspaceFiles, volumeFiles])
