import { useMutation } from '@tanstack/react-query'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Segments } from '../ui/segments.js'
import { SubmitForm } from '../ui/submit-form.js'
import { Markdown } from './markdown.js'
import './markdown.css'

interface NoteEditorProps {
  /** As it is on the server, which may change while it is edited. */
  readonly text: string
  readonly maxLength: number
  readonly save: (text: string) => Promise<unknown>
  readonly onClose: () => void
}

/** Edits Markdown beside its preview. Ctrl+Enter saves. */
export function NoteEditor({ text, maxLength, save, onClose }: NoteEditorProps) {
  const { t } = useTranslation()
  const [before] = useState(text)
  const [draft, setDraft] = useState(text)
  const [view, setView] = useState<'write' | 'preview'>('write')
  const action = useMutation({ mutationFn: save, onSuccess: onClose })
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit()
  }
  return (
    <SubmitForm
      className="stack note-editor"
      action={t('edit.save')}
      request={action}
      onSubmit={() => action.mutate(draft)}
      onCancel={onClose}
    >
      <div className="note-tools">
        <Segments
          label={t('note.view')}
          value={view}
          options={[
            { value: 'write', label: t('note.write') },
            { value: 'preview', label: t('note.preview') },
          ]}
          onChange={setView}
        />
        <span className="muted">{t('note.markdown')}</span>
      </div>
      {view === 'write' ? (
        <textarea
          className="input"
          // biome-ignore lint/a11y/noAutofocus: the button that opened the editor is gone
          autoFocus
          aria-label={t('note.title')}
          rows={8}
          maxLength={maxLength}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={onKeyDown}
        />
      ) : (
        <div className="preview">
          {draft.trim() ? <Markdown text={draft} /> : <span className="muted">{t('note.none')}</span>}
        </div>
      )}
      {text !== before && (
        <p className="notice warn" role="status">
          {t('note.changed')}
        </p>
      )}
    </SubmitForm>
  )
}
