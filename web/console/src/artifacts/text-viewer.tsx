import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { ScrollArea } from '../ui/scroll-area.js'
import { SearchField } from '../ui/search-field.js'
import { useText } from './file-part.js'
import { Clipped, Loaded } from './file-states.js'
import { matchingLines, matchParts, withoutAnsi } from './text-lines.js'
import { baseName } from './viewer-kind.js'
import type { ViewerProps } from './viewer-props.js'

const LINE = 20

export function TextFile({ root, path }: ViewerProps) {
  const file = useText(root, path)
  return (
    <Loaded file={file}>
      {({ text, clipped }) => <TextViewer text={text} clipped={clipped} name={baseName(path)} />}
    </Loaded>
  )
}

interface TextViewerProps {
  readonly text: string
  readonly clipped: boolean
  readonly name: string
  /** Starts at the end, and follows it while the text grows. */
  readonly atEnd?: boolean
}

/** Text with line numbers and a search. Only the lines in view are in the page. */
export function TextViewer({ text, clipped, name, atEnd = false }: TextViewerProps) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const [current, setCurrent] = useState(0)
  const lines = useMemo(() => withoutAnsi(text).replace(/\n$/, '').split(/\r?\n/), [text])
  const matches = useMemo(() => matchingLines(lines, search), [lines, search])
  const go = (step: number) => setCurrent((current + step + matches.length) % Math.max(1, matches.length))
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || matches.length === 0) return
    event.preventDefault()
    go(event.shiftKey ? -1 : 1)
  }
  return (
    <div className="text-viewer">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: Enter in the field goes to the next match */}
      <div className="viewer-tools" onKeyDown={onKeyDown}>
        <SearchField
          label={t('viewer.searchText')}
          value={search}
          onChange={(next) => {
            setSearch(next)
            setCurrent(0)
          }}
        />
        {search && (
          <>
            <span className="muted" role="status">
              {matches.length > 0 ? `${current + 1} / ${matches.length}` : t('viewer.noMatch')}
            </span>
            <Step
              label={t('viewer.previous')}
              icon="up"
              disabled={matches.length === 0}
              onStep={() => go(-1)}
            />
            <Step label={t('viewer.next')} icon="down" disabled={matches.length === 0} onStep={() => go(1)} />
          </>
        )}
        <span className="muted lines">{t('viewer.lines', { count: lines.length })}</span>
      </div>
      <Lines lines={lines} search={search} shown={matches[current]} name={name} atEnd={atEnd} />
      {clipped && <Clipped />}
    </div>
  )
}

interface StepProps {
  readonly label: string
  readonly icon: 'up' | 'down'
  readonly disabled: boolean
  readonly onStep: () => void
}

function Step({ label, icon, disabled, onStep }: StepProps) {
  return (
    <button
      type="button"
      className="button ghost icon-only"
      aria-label={label}
      disabled={disabled}
      onClick={onStep}
    >
      <Icon name={icon} size={14} />
    </button>
  )
}

interface LinesProps {
  readonly lines: readonly string[]
  readonly search: string
  /** The line of the current match. */
  readonly shown: number | undefined
  readonly name: string
  readonly atEnd: boolean
}

const Lines = memo(({ lines, search, shown, name, atEnd }: LinesProps) => {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    overscan: 30,
  })
  useEffect(() => {
    if (shown !== undefined) virtual.scrollToIndex(shown, { align: 'center' })
  }, [shown, virtual])
  useEffect(() => {
    if (atEnd) virtual.scrollToIndex(lines.length - 1, { align: 'end' })
  }, [atEnd, lines.length, virtual])
  const digits = String(lines.length).length
  return (
    <ScrollArea className="text-scroll" scroller={scroller}>
      <section aria-label={name} className="text-lines" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => (
          <pre
            key={index}
            className={index === shown ? 'current' : undefined}
            style={{ transform: `translateY(${start}px)` }}
          >
            <span className="line-number" style={{ minWidth: `${digits + 1}ch` }} aria-hidden="true">
              {index + 1}
            </span>
            {matchParts(lines[index]!, search).map((part, at) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity but their place
              at % 2 === 1 ? <mark key={at}>{part}</mark> : part,
            )}
          </pre>
        ))}
      </section>
    </ScrollArea>
  )
})
