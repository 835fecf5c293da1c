"""Makes the desk's sounds: ``python -m tests.gui.make_sounds`` writes resources/sounds. Sine tones that fade."""

from __future__ import annotations

import io
import math
import struct
import wave

from gui.comfort.sounds import FOLDER

RATE = 22_050
VOLUME = 0.35
# name: (frequency in Hz, length in seconds) one after the other
TONES = {
    "note": ((880.0, 0.16),),
    "pair": ((660.0, 0.11), (880.0, 0.18)),
    "fall": ((660.0, 0.13), (440.0, 0.24)),
    "alarm": ((988.0, 0.12), (740.0, 0.12), (988.0, 0.12), (740.0, 0.2)),
}


def samples_of(name: str) -> list[int]:
    """16-bit samples of a sound."""
    made = []
    for frequency, length_s in TONES[name]:
        count = round(RATE * length_s)
        for number in range(count):
            rise, fade = min(1.0, number / 110), (1 - number / count) ** 1.5
            made.append(round(32_767 * VOLUME * rise * fade * math.sin(2 * math.pi * frequency * number / RATE)))
    return made


def wav_of(name: str) -> bytes:
    """A sound as a WAV file."""
    samples, out = samples_of(name), io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return out.getvalue()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name in TONES:
        (FOLDER / f"{name}.wav").write_bytes(wav_of(name))
