/** Two soft notes, the second a fifth above the first. Made here: nothing to download. */
export function chime(): void {
  const context = new AudioContext();
  const notes = [587.33, 880];
  for (const [index, frequency] of notes.entries()) {
    const begin = context.currentTime + index * 0.12;
    const tone = new OscillatorNode(context, { frequency, type: 'sine' });
    const volume = new GainNode(context, { gain: 0 });
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.12, begin + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.5);
    tone.connect(volume).connect(context.destination);
    tone.start(begin);
    tone.stop(begin + 0.55);
    if (index === notes.length - 1) tone.onended = () => void context.close();
  }
}
