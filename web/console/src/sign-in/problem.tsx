import { Icon } from '../ui/icon.js'

/** An error of a form, which screen readers announce at once. */
export function Problem({ message }: { message: string }) {
  return (
    <div className="notice bad" role="alert">
      <Icon name="warning" />
      <div>
        <p>{message}</p>
      </div>
    </div>
  )
}
