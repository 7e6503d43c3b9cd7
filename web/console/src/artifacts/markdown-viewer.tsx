import { artifactUrl } from '../api/artifacts.js'
import { MarkdownText } from '../markdown/markdown-text.js'
import { useText } from './file-part.js'
import { Clipped, Loaded } from './file-states.js'
import { resolvePath } from './resolve-path.js'
import type { ViewerProps } from './viewer-props.js'

/** Links and images that are paths lead to files beside it. */
export function MarkdownFile({ root, path }: ViewerProps) {
  const file = useText(root, path)
  return (
    <Loaded file={file}>
      {({ text, clipped }) => (
        <>
          <div className="body">
            <MarkdownText text={text} fileUrl={(name) => artifactUrl(root, resolvePath(path, name))} />
          </div>
          {clipped && <Clipped />}
        </>
      )}
    </Loaded>
  )
}
