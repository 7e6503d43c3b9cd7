export interface RunCommentRow {
  comment_id: string
  run_id: string
  /** Markdown. */
  body: string
  author_id: string
  author: string
  created_at: number
  updated_at: number
}

export interface CommentSchema {
  run_comments: RunCommentRow
  run_mentions: { name: string; comment_id: string; run_id: string; created_at: number }
}
