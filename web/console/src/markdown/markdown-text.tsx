import { type ComponentProps, memo } from 'react'
import { useTranslation } from 'react-i18next'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { ScrollX } from '../ui/scroll-x.js'
import { isRelative, safeImage, safeLink } from './safe-url.js'
import './markdown.css'

/** Longer text is cut: the parser is slow on some of it. */
const MAX_LENGTH = 200_000

export interface MarkdownTextProps {
  readonly text: string
  /** The URL of a file that the text names by a relative path; without it such links and images are left out. */
  readonly fileUrl?: (path: string) => string
}

/** GitHub's Markdown as React elements: HTML in the text is shown as text, and no link or image runs a script. */
export const MarkdownText = memo(({ text, fileUrl }: MarkdownTextProps) => (
  <div className="markdown">
    <ReactMarkdown
      remarkPlugins={[remarkGfm]}
      components={COMPONENTS}
      urlTransform={(url, key) => transform(url, key === 'src', fileUrl)}
    >
      {text.slice(0, MAX_LENGTH)}
    </ReactMarkdown>
  </div>
))

function transform(url: string, isImage: boolean, fileUrl: MarkdownTextProps['fileUrl']) {
  if (fileUrl && isRelative(url)) return fileUrl(decoded(url))
  return (isImage ? safeImage(url) : safeLink(url)) ?? ''
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url)
  } catch {
    return url
  }
}

function Anchor({ href, children }: ComponentProps<'a'>) {
  if (!href) return <span>{children}</span>
  if (href.startsWith('#/')) return <a href={href}>{children}</a>
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  )
}

function Image({ src, alt = '' }: ComponentProps<'img'>) {
  const { t } = useTranslation()
  if (!src) return <span className="muted">[{alt || t('note.image')}]</span>
  return <img src={src} alt={alt} />
}

function Task({ checked }: ComponentProps<'input'>) {
  const { t } = useTranslation()
  return <input type="checkbox" checked={Boolean(checked)} readOnly disabled aria-label={t('note.task')} />
}

/** Headings start below those of the page. */
const COMPONENTS: Components = {
  a: Anchor,
  img: Image,
  input: Task,
  h1: ({ children }) => <h3 className="h1">{children}</h3>,
  h2: ({ children }) => <h4 className="h2">{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
  h5: ({ children }) => <h6>{children}</h6>,
  h6: ({ children }) => <h6>{children}</h6>,
  pre: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long line must be reachable to scroll
    <pre tabIndex={0}>{children}</pre>
  ),
  table: ({ children }) => (
    <ScrollX>
      <table className="list">{children}</table>
    </ScrollX>
  ),
}
