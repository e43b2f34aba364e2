#!/bin/sh
# Makes the corpus anew from ../stereo.wav with sox, ffmpeg, lame, opusenc, oggenc and flac. Needed only to change it.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ff() { ffmpeg -nostdin -hide_banner -loglevel error -y -fflags +bitexact "$@"; }
# A second of both voices at each rate; a quiet tone lies above the voices where there is room.
source() { # rate channels
  out="$work/$1-$2.wav"
  sox -D -G ../stereo.wav -r "$1" -c 2 "$work/voice.wav" trim 0.3 1.0
  if [ "$1" -gt 8000 ]; then
    sox -D -n -r "$1" -c 2 -b 16 "$work/tone.wav" synth 1.0 sine 5200 gain -30
    sox -D -m -v 0.9 "$work/voice.wav" -v 1 "$work/tone.wav" "$work/both.wav"
  else
    cp "$work/voice.wav" "$work/both.wav"
  fi
  if [ "$2" = 1 ]; then sox -D "$work/both.wav" "$out" remix 1; else cp "$work/both.wav" "$out"; fi
}
for rate in 8000 16000 44100 48000; do source $rate 1; source $rate 2; done
m8=$work/8000-1.wav; s8=$work/8000-2.wav; m16=$work/16000-1.wav; s16=$work/16000-2.wav
m44=$work/44100-1.wav; s44=$work/44100-2.wav; m48=$work/48000-1.wav; s48=$work/48000-2.wav

sox -D "$m8" -b 8 pcm8.wav
sox -D "$s16" -b 16 pcm16.wav
ff -i "$m44" -c:a pcm_s24le pcm24.wav
sox -D "$m16" -b 32 pcm32.wav
sox -D "$s16" -e float -b 32 float.wav
sox -D "$s8" -e a-law alaw-stereo.wav
sox -D "$s8" -e mu-law mulaw-stereo.wav
sox -D "$m8" -e gsm-full-rate gsm.wav
ff -i "$m16" -c:a g722 g722.wav
ff -i "$m8" -c:a adpcm_ima_wav ima.wav
ff -i "$s44" -c:a adpcm_ima_wav ima-stereo.wav
ff -i "$m8" -c:a adpcm_ms msadpcm.wav
ff -i "$s16" -c:a adpcm_ms msadpcm-stereo.wav
sox -D "$m8" -t al mono.alaw
sox -D "$m8" -t ul mono.ulaw
sox -D "$m8" mono.gsm
ff -i "$m16" -f g722 mono.g722
sox -D "$m8" -t sw -L mono.sln
sox -D "$m16" -t sw -L mono.sln16
sox -D "$m48" -t sw -L mono.sln48
sox -D "$s8" -t sw -L stereo.raw
sox -D "$s8" -e mu-law stereo.au
sox -D "$m16" mono.au
lame --quiet --noreplaygain -b 96 --resample 44.1 -m j "$s44" joint.mp3
lame --quiet --noreplaygain -V 6 --tt "A title" --ta "An artist" "$m48" vbr.mp3
lame --quiet --noreplaygain -b 8 -m m "$m8" low.mp3
lame --quiet --noreplaygain -t -V 5 "$m16" bare.mp3
opusenc --quiet --bitrate 12 --framesize 60 --serial 1 "$m8" narrow.opus
opusenc --quiet --bitrate 16 --framesize 20 --serial 1 "$m16" speech.opus
opusenc --quiet --bitrate 64 --framesize 20 --serial 1 "$s48" stereo.opus
oggenc -Q -q 1 -s 1 -o narrow.ogg "$m8"
oggenc -Q -q 3 -s 1 -o stereo.ogg "$s44"
flac -s -f --no-preserve-modtime -o mono.flac "$m8"
flac -s -f -o stereo.flac "$s48"
sox -D "$m44" -b 24 "$work/24.wav" && flac -s -f -o deep.flac "$work/24.wav"

# What ffmpeg makes of each: channels, rate, frames and SHA-256 of s16le; lossy ones also as FLAC, to compare sample by sample.
mkdir -p reference
: > reference.tsv
for file in *.wav *.alaw *.ulaw *.gsm *.g722 *.sln *.sln16 *.sln48 *.raw *.au *.mp3 *.opus *.ogg *.flac; do
  case $file in
    *.alaw) form="-f alaw -ar 8000 -ac 1" ;; *.ulaw) form="-f mulaw -ar 8000 -ac 1" ;;
    *.gsm) form="-f gsm" ;; *.g722) form="-f g722" ;;
    *.sln) form="-f s16le -ar 8000 -ac 1" ;; *.sln16) form="-f s16le -ar 16000 -ac 1" ;; *.sln48) form="-f s16le -ar 48000 -ac 1" ;;
    *.raw) form="-f s16le -ar 8000 -ac 2" ;; *) form="" ;;
  esac
  # Truncated to 16 bit where there are more, as we do.
  codec=""; case $file in *.opus) codec="-c:a libopus" ;; esac
  # shellcheck disable=SC2086
  ff $codec $form -i "$file" -f s16le -dither_method none "$work/pcm"
  # shellcheck disable=SC2086
  facts=$(ffprobe -v error $form -show_entries stream=channels,sample_rate -of csv=p=0 "$file" | head -1)
  rate=${facts%%,*}; channels=${facts##*,}
  bytes=$(stat -c %s "$work/pcm")
  printf '%s\t%s\t%s\t%s\t%s\n' "$file" "$channels" "$rate" $((bytes / 2 / channels)) "$(sha256sum "$work/pcm" | cut -d' ' -f1)" >> reference.tsv
  case $file in
    *.mp3|*.opus|*.ogg) flac -s -f --force-raw-format --endian=little --sign=signed --channels="$channels" --bps=16 --sample-rate="$rate" -o "reference/$file.flac" "$work/pcm" ;;
  esac
done
