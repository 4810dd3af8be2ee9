// @ts-check

/**
 * Whether this browser finds any path for voice: one ICE candidate within five seconds (RFC 8445 §5.1). It tells a blocked network from
 * a working one; whether the path to the other side is good is measured in each call.
 * @param {RTCIceServer[]} ice
 * @param {number} [limit] milliseconds
 * @returns {Promise<boolean>}
 */
export async function findPath(ice, limit = 5000) {
  const connection = new RTCPeerConnection({ iceServers: ice });
  try {
    connection.addTransceiver("audio");
    const found = new Promise((resolve) => {
      connection.addEventListener("icecandidate", (e) => {
        if (e.candidate === null) resolve(false); // all were gathered: there was none
        else if (e.candidate.candidate) resolve(true);
      });
      setTimeout(() => resolve(false), limit);
    });
    await connection.setLocalDescription(await connection.createOffer());
    return await found;
  } catch {
    return false;
  } finally {
    connection.close();
  }
}
