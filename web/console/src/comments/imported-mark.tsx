import { useTranslation } from 'react-i18next'
import type { RunComment } from '../api/comments.js'

/** Says who imported a comment: the importer gave the name of the author, too. Nothing for one that was written here. */
export function ImportedMark({ comment: { imported_by } }: { comment: RunComment }) {
  const { t } = useTranslation()
  if (imported_by === undefined) return null
  return (
    <span className="chip" title={t('comments.importedHelp')}>
      {imported_by ? t('comments.importedBy', { name: imported_by }) : t('comments.imported')}
    </span>
  )
}
