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

/** Below the button, or above it if the panel does not fit and there is more room; always inside the window. */
export function popoverPosition(button: Box, panel: Size, window: Size, align: 'start' | 'end') {
  const aligned = align === 'start' ? button.left : button.right - panel.width
  const left = Math.max(EDGE, Math.min(aligned, window.width - panel.width - EDGE))
  const below = window.height - button.bottom - GAP - EDGE
  const above = button.top - GAP - EDGE
  const under = panel.height <= below || below >= above
  return {
    left,
    top: under ? button.bottom + GAP : Math.max(EDGE, button.top - GAP - panel.height),
    maxHeight: Math.max(under ? below : above, 120),
  }
}
