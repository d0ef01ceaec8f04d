/**
 * A picture that is painted here, so that no file is needed.
 *
 * @module
 */
export async function paintedPicture(): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(96, 96);
  const context = canvas.getContext('2d')!;
  const sky = context.createLinearGradient(0, 0, 0, 96);
  sky.addColorStop(0, '#f9a825');
  sky.addColorStop(1, '#ad1457');
  context.fillStyle = sky;
  context.fillRect(0, 0, 96, 96);
  context.fillStyle = '#311b92';
  context.beginPath();
  context.arc(48, 42, 18, 0, 2 * Math.PI);
  context.ellipse(48, 96, 34, 30, 0, 0, 2 * Math.PI);
  context.fill();
  return new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp' })).arrayBuffer());
}
