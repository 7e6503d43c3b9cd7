import { execFile } from 'node:child_process'

export interface GitState {
  readonly commit: string
  /** Absent for a detached HEAD. */
  readonly branch?: string
  /** True if tracked files differ from the commit. */
  readonly dirty: boolean
}

/** Reads the state of the work tree that contains `folder`; `undefined` without git, a repository or a commit. Never throws. */
export async function readGit(folder: string): Promise<GitState | undefined> {
  const [commit, branch, changes] = await Promise.all([
    git(folder, 'rev-parse', '--verify', 'HEAD'),
    git(folder, 'symbolic-ref', '--short', '--quiet', 'HEAD'),
    git(folder, 'status', '--porcelain', '--untracked-files=no'),
  ])
  if (!commit) return undefined
  return { commit, ...(branch && { branch }), dirty: changes !== undefined && changes !== '' }
}

function git(cwd: string, ...args: string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('git', args, { cwd, timeout: 5000, maxBuffer: 16 << 20 }, (error, stdout) =>
      resolve(error ? undefined : stdout.trim()),
    )
  })
}
