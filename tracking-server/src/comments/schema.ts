export interface RunCommentRow {
  comment_id: string
  run_id: string
  /** Markdown. */
  body: string
  author_id: string
  author: string
  created_at: number
  updated_at: number
  /** Name of the importing principal; null for comments that were written here or imported by older releases. */
  imported_by: string | null
}

export interface CommentSchema {
  run_comments: RunCommentRow
  run_mentions: { name: string; comment_id: string; run_id: string; created_at: number }
}
