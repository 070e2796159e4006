// A link to pass on. It is copied in the old way: the new one needs https, which most shops' networks lack.
{
  const byId = (id) => document.getElementById(id)
  const link = byId('link')
  byId('copy').addEventListener('click', () => {
    getSelection().selectAllChildren(link)
    byId('copied').textContent = document.execCommand('copy') ? 'Copied' : 'The link is selected. Copy it from here.'
  })
  const share = byId('share')
  share.hidden = !navigator.share
  // Somebody who closes the system's window without sharing has caused no error.
  share.addEventListener('click', () =>
    navigator.share({ text: share.dataset.text, url: link.textContent }).catch(() => {})
  )
}
