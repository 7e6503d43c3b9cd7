import { stat } from 'node:fs/promises'
import { ApiError, invalid, missing } from '../errors.js'

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | undefined)?.code ?? ''

export const isAbsent = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(codeOf(error))

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG']
const AWAY = ['EIO', 'ESTALE', 'ENXIO', 'ETIMEDOUT', 'EROFS', 'EMFILE', 'ENFILE', 'EACCES', 'EPERM']
const TAKEN = ['EISDIR', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR']

/** What the operating system said, as a client should hear it; anything unknown stays as it is. */
export function diskError(error: unknown, key: string): unknown {
  const code = codeOf(error)
  const cause = { cause: error }
  if (error instanceof ApiError) return error
  if (FULL.includes(code))
    return new ApiError('INSUFFICIENT_STORAGE', `No space left to store '${key}'`, cause)
  if (AWAY.includes(code))
    return new ApiError('TEMPORARILY_UNAVAILABLE', `Storage cannot serve '${key}' (${code})`, cause)
  if (code === 'ENAMETOOLONG') return invalid(`Invalid path: '${key}' is too long`, cause)
  if (code === 'ENOTEMPTY')
    return new ApiError('RESOURCE_CONFLICT', `Something is being written below '${key}': try again`, cause)
  if (isAbsent(error)) return missing(`No such artifact: '${key}'`)
  return error
}

/** Why a finished part could not take its place under `key`. */
export async function placeError(error: unknown, path: string, key: string): Promise<unknown> {
  const { syscall, code } = error as NodeJS.ErrnoException
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false
  if (syscall === 'link' && code === 'EEXIST' && !isFolder)
    return new ApiError('ALREADY_EXISTS', `Blob '${key}' already exists`)
  if (isFolder || TAKEN.includes(code ?? ''))
    return new ApiError('RESOURCE_CONFLICT', `'${key}' cannot be both a blob and a folder`, { cause: error })
  return diskError(error, key)
}
