const GAP = 6
const EDGE = 8

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

interface Size {
  readonly width: number
  readonly height: number
}

/**
 * Where a panel goes that its button opens: below it, aligned with one of its sides, above it where there is more room,
 * and never out of the window.
 */
export function placeBeside(button: Box, panel: Size, window: Size, align: 'start' | 'end') {
  const wished = align === 'start' ? button.left : button.right - panel.width
  const left = Math.max(EDGE, Math.min(wished, window.width - panel.width - EDGE))
  const below = window.height - button.bottom - GAP - EDGE
  const above = button.top - GAP - EDGE
  const under = panel.height <= below || below >= above
  return {
    left,
    top: under ? button.bottom + GAP : Math.max(EDGE, button.top - GAP - panel.height),
    maxHeight: Math.max(under ? below : above, 120),
  }
}
