// A link or a key to pass on. It is copied in the old way: the new one needs https, which most shops' networks lack.
{
  const byId = (id) => document.getElementById(id)
  const copy = byId('copy')
  const text = byId(copy.dataset.copies)
  copy.addEventListener('click', () => {
    getSelection().selectAllChildren(text)
    byId('copied').textContent = document.execCommand('copy') ? 'Copied' : 'It is selected. Copy it from here.'
  })
  const share = byId('share')
  if (share) share.hidden = !navigator.share
  // Somebody who closes the system's window without sharing has caused no error.
  share?.addEventListener('click', () =>
    navigator.share({ text: share.dataset.text, url: text.textContent }).catch(() => {})
  )
}
