import type { NoteItem } from './grid-items.js'
import { indentOf } from './runs-row.js'

interface NoteRowProps {
  readonly item: NoteItem
  readonly index: number
  readonly top: number | undefined
  readonly current: boolean
  readonly onFocus: (id: string) => void
}

export function NoteRow({ item, index, top = 0, current, onFocus }: NoteRowProps) {
  const { id, depth, text, onMore } = item
  return (
    <tr
      data-row={id}
      aria-rowindex={index + 2}
      aria-level={depth + 1}
      tabIndex={current ? 0 : -1}
      style={{ transform: `translateY(${top}px)` }}
      onFocus={() => onFocus(id)}
    >
      <td className="pinned note-cell" aria-colindex={1} style={indentOf(depth)}>
        {onMore ? (
          <button type="button" className="button small" tabIndex={current ? 0 : -1} onClick={onMore}>
            {text}
          </button>
        ) : (
          <span className="muted">{text}</span>
        )}
      </td>
    </tr>
  )
}

/** A row of a page that is being loaded. */
export function PendingRow({ index, top }: { index: number; top: number }) {
  return (
    <tr aria-rowindex={index + 2} aria-busy="true" style={{ transform: `translateY(${top}px)` }}>
      <td className="pinned" aria-colindex={1} />
    </tr>
  )
}
