import { lazy, Suspense } from 'react'
import { Skeleton } from '../ui/states.js'
import type { MarkdownTextProps } from './markdown-text.js'

const MarkdownText = lazy(async () => ({ default: (await import('./markdown-text.js')).MarkdownText }))

/** Renders Markdown, without HTML. The renderer is loaded on first use. */
export function Markdown(props: MarkdownTextProps) {
  return (
    <Suspense fallback={<Skeleton lines={3} />}>
      <MarkdownText {...props} />
    </Suspense>
  )
}
