import { pages } from '@cairn/sdk/page'

/** Reads the items of all pages. */
export async function allPages<T>(fetchPage: Parameters<typeof pages<T>>[0]): Promise<T[]> {
  const items: T[] = []
  for await (const item of pages(fetchPage)) items.push(item)
  return items
}
