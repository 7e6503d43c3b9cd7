interface TagChipsProps {
  readonly tags: readonly { readonly key: string; readonly value?: string | undefined }[]
}

/** Tags that people set; those of MLflow are internal. */
export function TagChips({ tags }: TagChipsProps) {
  const shown = tags.filter(({ key }) => !/^_?mlflow[._]/.test(key))
  if (shown.length === 0) return null
  return (
    <span className="chips">
      {shown.map(({ key, value }) => (
        <span key={key} className="chip">
          <span className="muted">{key}</span> {value}
        </span>
      ))}
    </span>
  )
}
