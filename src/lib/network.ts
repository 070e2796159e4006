/**
 * The network of an IP address, by which attempts are counted. Of IPv6 it is the first 64 bits: within these, one
 * household may use any address it likes.
 */
export function networkOf(ip: string): string {
  if (!ip.includes(':') || ip.startsWith('::ffff:')) return ip
  const [start = ''] = ip.split('::')
  return start.split(':').slice(0, 4).join(':') || ip
}
