// The till's own screen: what makes it quick. Without it every button still works.
;(() => {
  const byId = (id) => document.getElementById(id)
  const form = () => byId('till')
  const isTyping = (element) => element?.matches?.('input:not([type=hidden]), textarea, select')

  const press = (button) => {
    const one = form().querySelector(`button[value="${button}"]`)
    if (one) form().requestSubmit(one)
  }

  // A scanner types a code faster than anybody, and Enter after it. It means a product wherever it types.

  const FASTEST_HAND_MS = 50
  const LONGEST_GAP_MS = 150
  const SHORTEST_CODE = 4
  let code = ''
  let began = 0
  let last = 0
  /** What stood in the field before a scanner typed into it. */
  let before = ''

  const scan = (e) => {
    const box = byId('product')
    const field = document.activeElement
    e.preventDefault()
    if (isTyping(field) && field !== box) field.value = before
    box.value = code
    code = ''
    press('product')
  }

  document.addEventListener(
    'keydown',
    (e) => {
      if (!byId('product') || e.ctrlKey || e.metaKey || e.altKey) return
      const isGap = e.timeStamp - last > LONGEST_GAP_MS
      last = e.timeStamp
      if (e.key === 'Enter') {
        const isQuick = last - began < FASTEST_HAND_MS * code.length
        if (isQuick && !isGap && code.length >= SHORTEST_CODE) return scan(e)
        code = ''
        return enter(e)
      }
      if (e.key.length !== 1) return
      if (isGap || !code) {
        code = ''
        began = last
        before = document.activeElement.value ?? ''
      }
      code += e.key
      // What is typed beside all fields is for the products.
      if (!isTyping(document.activeElement) && /\S/.test(e.key) && e.key !== '?' && e.key !== '/')
        byId('product').focus()
    },
    true
  )

  /** Enter in a search looks there; elsewhere it keeps what was typed. */
  const enter = (e) => {
    const { target } = e
    if (!target.matches?.('#till input')) return
    const search = { customer: 'customer', product: 'product', receipt: 'receipt' }[target.id]
    const button = search ?? (target.closest('.till-split') ? 'split' : null)
    if (!button) return
    e.preventDefault()
    press(button)
  }

  // A line that was changed is kept as soon as one goes on, unless by a button, which keeps it too.

  let isPressing = false
  document.addEventListener('pointerdown', ({ target }) => {
    isPressing = !!target.closest?.('button, a, summary')
  })
  document.addEventListener('pointerup', () =>
    setTimeout(() => {
      isPressing = false
    })
  )
  document.addEventListener('change', ({ target }) => {
    if (target.matches?.('.till-fields input') && !isPressing) press('save')
  })

  // The number pad comes with a finger, and types into the field that was touched last.

  let field
  const pad = () => byId('pad')
  const isWide = () => matchMedia('(min-width: 901px)').matches
  document.addEventListener('pointerdown', ({ target, pointerType }) => {
    if (target.closest?.('#pad')) return
    const isField = pointerType === 'touch' && target.matches?.('[data-pad]') && isWide()
    if (pad()) pad().hidden = !isField
    // Its own keyboard would cover half of a terminal.
    if (isField && target.inputMode === 'decimal') target.inputMode = 'none'
    if (isField) field = target
  })
  document.addEventListener('click', ({ target }) => {
    const key = target.closest?.('#pad [data-key]')?.dataset.key
    if (!key) return
    if (!field?.isConnected) field = byId(field?.id) ?? byId('product')
    if (key === 'Enter') {
      pad().hidden = true
      const search = ['customer', 'product', 'receipt'].find((one) => one === field.id)
      return press(search ?? (field.closest('.till-split') ? 'split' : 'save'))
    }
    const { selectionStart: from, selectionEnd: to, value } = field
    if (key === 'Clear') field.value = ''
    else if (key === 'Back') field.setRangeText('', from === to ? Math.max(0, from - 1) : from, to, 'end')
    else if (value.length < field.maxLength) field.setRangeText(key, from, to, 'end')
    field.dispatchEvent(new Event('input', { bubbles: true }))
  })
  // The field keeps the focus, and what is selected in it.
  document.addEventListener('mousedown', (e) => {
    if (e.target.closest?.('#pad')) e.preventDefault()
  })
  document.addEventListener('focusin', ({ target }) => {
    if (target.matches?.('.till-fields input')) target.select()
  })

  // After an answer the keyboard goes on where it was, at the first mistake, or at the products, which a scanner types into.

  const isScreen = ({ detail: { ctx } }) => ctx.target === form() || ctx.target?.id === 'till'
  let left
  document.addEventListener('htmx:before:swap', (e) => {
    const { activeElement } = document
    left = isScreen(e) && activeElement.matches('.till-fields input, #receipt') ? activeElement : null
  })
  document.addEventListener('htmx:after:swap', (e) => {
    if (!isScreen(e) || form().querySelector('.error-summary.till-refused')) return
    const wrong = form().querySelector('[aria-invalid]')
    const same = left && byId(left.id)
    // What somebody has typed on while the answer was on its way.
    if (same && left.value !== left.defaultValue && left.isTypedOn) same.value = left.value
    const isTouch = matchMedia('(pointer: coarse)').matches
    const next = wrong ?? same ?? (isTouch ? null : byId('product'))
    next?.focus({ preventScroll: next.id === 'product' })
  })
  document.addEventListener('input', ({ target }) => {
    target.isTypedOn = true
  })
  document.addEventListener(
    'submit',
    () => {
      for (const one of form()?.querySelectorAll('input') ?? []) one.isTypedOn = false
    },
    true
  )

  // Five minutes without anybody lock the screen. Until then the server hears, at most once a minute, that somebody is there.

  const IDLE_MS = 5 * 60_000
  const TELL_MS = 60_000
  let seen = Date.now()
  let told = Date.now()
  const note = () => {
    seen = Date.now()
    if (seen - told < TELL_MS) return
    told = seen
    fetch('/till/use', { method: 'POST' }).then(({ redirected }) => redirected && location.reload())
  }
  for (const event of ['pointerdown', 'keydown', 'input']) document.addEventListener(event, note, { passive: true })
  setInterval(() => {
    if (Date.now() - seen < IDLE_MS) return
    seen = Date.now()
    const lock = document.querySelector('button[value="lock"]')
    if (lock) lock.form.requestSubmit(lock)
  }, 5_000)
})()
