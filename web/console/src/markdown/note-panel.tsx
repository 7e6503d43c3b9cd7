import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { Markdown } from './markdown.js'
import { NoteEditor } from './note-editor.js'
import './markdown.css'

interface NotePanelProps {
  readonly text: string
  readonly mayEdit: boolean
  /** Characters that the server stores. */
  readonly maxLength: number
  readonly save: (text: string) => Promise<unknown>
  /** Leaves the frame and the heading to the caller. */
  readonly bare?: boolean
}

/** A description in Markdown, which those who may edit the object change. Nothing for readers if it is empty. */
export function NotePanel({ text, mayEdit, maxLength, save, bare = false }: NotePanelProps) {
  const { t } = useTranslation()
  const heading = useId()
  const [editing, setEditing] = useState(false)
  if (!editing && !text && !mayEdit) return bare ? <p className="muted">{t('note.none')}</p> : null
  if (!editing && !text && !bare)
    return (
      <button type="button" className="button ghost small note-add" onClick={() => setEditing(true)}>
        <Icon name="edit" size={14} />
        {t('note.add')}
      </button>
    )
  return (
    <section className={bare ? 'stack' : 'panel'} aria-labelledby={heading}>
      <header className={bare ? 'note-tools' : undefined}>
        <h2 id={heading}>{t('note.title')}</h2>
        {mayEdit && !editing && (
          <button type="button" className="button ghost small" onClick={() => setEditing(true)}>
            <Icon name="edit" size={14} />
            {text ? t('note.edit') : t('note.add')}
          </button>
        )}
      </header>
      {(editing || text) && (
        <div className={bare ? undefined : 'body'}>
          {editing ? (
            <NoteEditor text={text} maxLength={maxLength} save={save} onClose={() => setEditing(false)} />
          ) : (
            <Markdown text={text} />
          )}
        </div>
      )}
    </section>
  )
}
