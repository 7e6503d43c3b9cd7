/** An alias of a model as `@alias`. @param version shown if the page does not show it elsewhere */
export function AliasChip({ alias, version }: { alias: string; version?: string }) {
  return (
    <span className={alias === 'champion' ? 'chip accent' : 'chip'}>
      @{alias}
      {version && <b>v{version}</b>}
    </span>
  )
}
