/** Where somebody is. Of IPv6 the first half: the other is one customer's to choose from. */
export function networkOf(ip: string): string {
  if (!ip.includes(':') || ip.startsWith('::ffff:')) return ip
  const [start = ''] = ip.split('::')
  return start.split(':').slice(0, 4).join(':') || ip
}
