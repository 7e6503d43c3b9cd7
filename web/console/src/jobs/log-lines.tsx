import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import type { TaskLogLine } from '../api/jobs.js'
import { type Match, segmentsOf, spansOf } from './log-text.js'

const LINE_PX = 20
const NEAR_END_PX = 60

interface LogLinesProps {
  readonly lines: readonly TaskLogLine[]
  readonly matches: readonly Match[]
  /** The match that is scrolled to. */
  readonly current: Match | undefined
}

/** Renders only the lines in view. Follows the end while the view is near it. */
export function LogLines({ lines, matches, current }: LogLinesProps) {
  const box = useRef<HTMLPreElement>(null)
  const window = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
  })
  const isFollowing = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows new lines
  useEffect(() => {
    const element = box.current!
    if (isFollowing.current) element.scrollTop = element.scrollHeight
  }, [lines.length])
  // biome-ignore lint/correctness/useExhaustiveDependencies: goes to the match once
  useEffect(() => {
    if (!current) return
    isFollowing.current = false
    window.scrollToIndex(current.line, { align: 'center' })
  }, [current])
  return (
    <pre
      className="log virtual"
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: must be reachable to scroll
      tabIndex={0}
      onScroll={({ currentTarget: element }) => {
        isFollowing.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX
      }}
    >
      <code style={{ height: window.getTotalSize() }}>
        {window.getVirtualItems().map(({ index, start }) => (
          <LogLine
            key={lines[index]!.line}
            line={lines[index]!}
            top={start}
            matches={matches.filter((match) => match.line === index)}
            current={current}
          />
        ))}
      </code>
    </pre>
  )
}

interface LogLineProps extends Pick<LogLinesProps, 'matches' | 'current'> {
  readonly line: TaskLogLine
  readonly top: number
}

function LogLine({ line: { time, level, message }, top, matches, current }: LogLineProps) {
  return (
    <span className={`log-line ${level.toLowerCase()}`} style={{ top }}>
      <time>{new Date(time).toISOString().slice(11, 23)}</time>
      {segmentsOf(spansOf(message), matches).map(({ text, style, match }, index) => {
        const Tag = match ? 'mark' : 'span'
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of a line have no other identity
          <Tag key={index} className={style} aria-current={match && match === current ? 'true' : undefined}>
            {text}
          </Tag>
        )
      })}
      {'\n'}
    </span>
  )
}
