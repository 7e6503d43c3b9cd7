import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { codeOf } from '../../api/http.js'
import { queryKeys } from '../../api/query-keys.js'
import { uploadFile } from '../../api/volume-files.js'
import { changed, isFinished, isUnfinished, newUploads, type Upload } from './uploads.js'

/** Uploads files one after the other. Uploads continue while the user opens other folders, and end with the page. */
export function useUploads() {
  const queries = useQueryClient()
  const [uploads, setUploads] = useState<readonly Upload[]>([])
  const turn = useRef(Promise.resolve())
  /** The folders of uploads that have not ended. */
  const queue = useRef<string[]>([])
  const aborts = useRef(new Map<number, AbortController>())
  const nextId = useRef(1)
  const change = (id: number, part: Partial<Upload>) => setUploads((now) => changed(now, id, part))

  const send = async ({ id, path, file }: Upload, overwrite: boolean) => {
    const { signal } = aborts.current.get(id)!
    if (signal.aborted) return
    change(id, { state: 'sending' })
    try {
      await uploadFile(path, file, { overwrite, signal, onProgress: (bytes) => change(id, { bytes }) })
      change(id, { state: 'sent' })
    } catch (error) {
      if (!signal.aborted) change(id, failureOf(error))
    }
  }
  /** Lists a folder again after its last upload: once for many files. */
  const leaveQueue = (folder: string) => {
    queue.current.splice(queue.current.indexOf(folder), 1)
    if (!queue.current.includes(folder))
      void queries.invalidateQueries({ queryKey: queryKeys.directory(folder) })
  }
  const enqueue = (upload: Upload, overwrite: boolean) => {
    aborts.current.set(upload.id, new AbortController())
    const folder = upload.path.slice(0, upload.path.lastIndexOf('/'))
    queue.current.push(folder)
    turn.current = turn.current.then(() => send(upload, overwrite)).then(() => leaveQueue(folder))
  }
  const add = (files: readonly File[], folder: string, taken: ReadonlySet<string>) => {
    const added = newUploads(files, folder, taken, nextId.current)
    nextId.current += added.length
    setUploads((now) => [...now, ...added])
    for (const upload of added) if (upload.state === 'waiting') enqueue(upload, false)
  }
  const again = (upload: Upload, overwrite: boolean) => {
    change(upload.id, { state: 'waiting', bytes: 0 })
    enqueue(upload, overwrite)
  }
  const cancel = ({ id }: Upload) => {
    aborts.current.get(id)?.abort()
    change(id, { state: 'canceled' })
  }
  const clear = () => setUploads((now) => now.filter((one) => !isFinished(one)))

  useEffect(() => {
    const all = aborts.current
    return () => {
      for (const controller of all.values()) controller.abort()
    }
  }, [])
  useWarning(uploads.some(isUnfinished))
  return { uploads, add, again, cancel, clear }
}

function failureOf(error: unknown): Partial<Upload> {
  if (codeOf(error) === 'ALREADY_EXISTS') return { state: 'exists' }
  return { state: 'failed', problem: error }
}

/** The browser asks before it closes a page whose uploads would be lost. */
function useWarning(isNeeded: boolean) {
  useEffect(() => {
    if (!isNeeded) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [isNeeded])
}
