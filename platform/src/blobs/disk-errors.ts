import { stat } from 'node:fs/promises'
import { ApiError, invalid, missing } from '../errors.js'

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | undefined)?.code ?? ''

export const isAbsent = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(codeOf(error))

/** Returns whether the disk is full or the disk quota of the process is used up. */
export const isDiskFull = (error: unknown) => ['ENOSPC', 'EDQUOT'].includes(codeOf(error))

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG']
const UNAVAILABLE = ['EIO', 'ESTALE', 'ENXIO', 'ETIMEDOUT', 'EROFS', 'EMFILE', 'ENFILE', 'EACCES', 'EPERM']
const CONFLICT = ['EISDIR', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR']

/** Maps errors of the operating system to API errors; unknown ones are returned unchanged. */
export function diskError(error: unknown, key: string): unknown {
  const code = codeOf(error)
  const cause = { cause: error }
  if (error instanceof ApiError) return error
  if (FULL.includes(code))
    return new ApiError('INSUFFICIENT_STORAGE', `No space left to store '${key}'`, cause)
  if (UNAVAILABLE.includes(code))
    return new ApiError('TEMPORARILY_UNAVAILABLE', `Storage is unavailable for '${key}' (${code})`, cause)
  if (code === 'ENAMETOOLONG') return invalid(`Invalid path: '${key}' is too long`, cause)
  if (code === 'ENOTEMPTY')
    return new ApiError('RESOURCE_CONFLICT', `'${key}' is being written to. Try again.`, cause)
  if (isAbsent(error)) return missing(`No such artifact: '${key}'`)
  return error
}

/** Maps the error of moving a complete file to `key`. */
export async function moveError(error: unknown, path: string, key: string): Promise<unknown> {
  const { syscall, code } = error as NodeJS.ErrnoException
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false
  if (syscall === 'link' && code === 'EEXIST' && !isFolder)
    return new ApiError('ALREADY_EXISTS', `Blob '${key}' already exists`)
  if (isFolder || CONFLICT.includes(code ?? ''))
    return new ApiError('RESOURCE_CONFLICT', `'${key}' cannot be both a blob and a folder`, { cause: error })
  return diskError(error, key)
}
