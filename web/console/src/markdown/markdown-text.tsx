import { type ComponentProps, isValidElement, memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { ScrollX } from '../ui/scroll-x.js'
import { remarkMentions } from './mention-nodes.js'
import { isRelative, safeImage, safeLink } from './safe-url.js'
import './markdown.css'

/** Longer text is cut: the parser is slow on some of it. */
const MAX_LENGTH = 200_000

export interface MarkdownTextProps {
  readonly text: string
  /** The URL of a file that the text names by a relative path; without it such links and images are left out. */
  readonly fileUrl?: (path: string) => string
  /** Renders blocks of code in a language. The line is that of the fence, counted from 1. */
  readonly fences?: Readonly<Record<string, (text: string, line: number) => ReactNode>>
  /** Makes `@name` strong. */
  readonly mentions?: boolean
}

const PLUGINS = [remarkGfm]
const WITH_MENTIONS = [remarkGfm, remarkMentions]

/** GitHub's Markdown as React elements: HTML in the text is shown as text, and no link or image runs a script. */
export const MarkdownText = memo(({ text, fileUrl, fences, mentions }: MarkdownTextProps) => (
  <div className="markdown">
    <ReactMarkdown
      remarkPlugins={mentions ? WITH_MENTIONS : PLUGINS}
      components={fences ? withFences(fences) : COMPONENTS}
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

const fenced = new WeakMap<NonNullable<MarkdownTextProps['fences']>, Components>()

/** The same components for the same fences, so that blocks keep their state while the text changes. */
function withFences(fences: NonNullable<MarkdownTextProps['fences']>): Components {
  const known = fenced.get(fences)
  if (known) return known
  const components: Components = {
    ...COMPONENTS,
    pre: ({ children, node }) => {
      const code = isValidElement<{ className?: string; children?: ReactNode }>(children)
        ? children.props
        : {}
      const language = /\blanguage-([\w-]+)/.exec(code.className ?? '')?.[1] ?? ''
      if (Object.hasOwn(fences, language))
        return fences[language]!(String(code.children ?? ''), node?.position?.start.line ?? 1)
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long line must be reachable to scroll
        <pre tabIndex={0}>{children}</pre>
      )
    },
  }
  fenced.set(fences, components)
  return components
}
