/** `@champion`, with the version that it points at where that is not said beside it. */
export function AliasChip({ alias, version }: { alias: string; version?: string }) {
  return (
    <span className={alias === 'champion' ? 'chip accent' : 'chip'}>
      @{alias}
      {version && <b>v{version}</b>}
    </span>
  )
}
