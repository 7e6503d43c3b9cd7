import { createHash } from 'node:crypto'
import { ApiError } from '@cairn/platform/errors'
import { readAnswer } from '@cairn/platform/protocol/client'
import {
  DeleteWorkspaceObject,
  ExportWorkspaceObject,
  ImportWorkspaceObject,
  MakeWorkspaceDirectory,
} from '@cairn/platform/protocol/databricks/workspace'
import type { Connection } from '../client/connect.js'

const isCode = (error: unknown, code: string) => error instanceof ApiError && error.code === code

/** The files of a bundle in the workspace of a server. */
export class Remote {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  makeFolder(path: string): Promise<unknown> {
    return this.#connection.call(MakeWorkspaceDirectory, { path })
  }

  /** Creates or replaces a file or notebook. */
  async upload(path: string, bytes: Uint8Array): Promise<void> {
    const { server, token, fetch } = this.#connection
    const name = path.split('/').filter(Boolean).map(encodeURIComponent).join('/')
    const response = await fetch(`${server}/api/2.0/workspace-files/import-file/${name}?overwrite=true`, {
      method: 'POST',
      headers: {
        'content-type': 'application/octet-stream',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: new Uint8Array(bytes),
    })
    await readAnswer(response)
  }

  /** Undefined for a file that does not exist. */
  async read(path: string): Promise<string | undefined> {
    try {
      const { content } = await this.#connection.call(ExportWorkspaceObject, { path, format: 'RAW' })
      return Buffer.from(content, 'base64').toString()
    } catch (error) {
      if (isCode(error, 'RESOURCE_DOES_NOT_EXIST')) return undefined
      throw error
    }
  }

  /** @returns whether the file was created; false if there is one already */
  async create(path: string, content: string): Promise<boolean> {
    const input = { path, content: Buffer.from(content).toString('base64'), format: 'RAW' as const }
    try {
      await this.#connection.call(ImportWorkspaceObject, input)
      return true
    } catch (error) {
      if (isCode(error, 'RESOURCE_ALREADY_EXISTS')) return false
      throw error
    }
  }

  /** Does nothing for a path that does not exist. */
  async delete(path: string, recursive = false): Promise<void> {
    await this.#connection.call(DeleteWorkspaceObject, { path, recursive }).catch((error: unknown) => {
      if (!isCode(error, 'RESOURCE_DOES_NOT_EXIST')) throw error
    })
  }
}

export const digestOf = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
