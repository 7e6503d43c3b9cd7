import { afterEach, expect, test, vi } from 'vitest'
import { copyText } from './copy-text.js'

afterEach(() => void vi.unstubAllGlobals())

/** A page without TLS. @param isCopied whether its browser copies */
function openPage(isCopied: boolean) {
  const field = { value: '', select: vi.fn(), remove: vi.fn() }
  vi.stubGlobal('navigator', {})
  vi.stubGlobal('document', { createElement: () => field, execCommand: () => isCopied })
  return { field, button: { after: vi.fn(), focus: vi.fn() } as unknown as HTMLElement }
}

test('copies a text without the Clipboard API, and keeps the focus', async () => {
  const { field, button } = openPage(true)
  await copyText('secret', button)
  expect([field.value, button.after, field.select, field.remove, button.focus]).toEqual([
    'secret',
    ...Array.from({ length: 4 }, () => expect.toSatisfy((one) => one.mock.calls.length === 1)),
  ])
})

test('fails if the browser refuses', async () => {
  const { field, button } = openPage(false)
  await expect(copyText('secret', button)).rejects.toThrow('has not copied')
  expect(field.remove).toHaveBeenCalled()
})
