#!/usr/bin/env bash
# Makes a short film with ffmpeg alone: sunrise over hills that pass by, with a title and a spoken welcome.
# Usage: scripts/sample.sh <film.mp4>
set -euo pipefail

film=${1:?usage: scripts/sample.sh <film.mp4>}
size=1280x720
rate=30
seconds=14

# Whether this ffmpeg can run a source: not every build has a voice, or a font to write with.
works() {
    ffmpeg -v quiet -nostdin -f lavfi -i "$1" -f null - </dev/null >/dev/null 2>&1
}

# A chain of hills as one still picture, twice as wide as the screen and the same after one screen's width; it covers
# the screen from line 400 downwards.
# Usage: hills <label> <color> <line of the ridge> <how high the waves go> <phase>
hills() {
    local ridge="$3-$4*(0.55*sin(2*PI*X/1280*2+$5)+0.3*sin(2*PI*X/1280*5+$5*2)+0.15*sin(2*PI*X/1280*11+$5*3))"
    printf '%s' "color=$2:s=2560x320:r=1:d=1,format=yuva420p," \
        "geq=lum='p(X,Y)':cb='p(X,Y)':cr='p(X,Y)':a='255*clip(Y+400-($ridge),0,1)'," \
        "loop=-1:1,fps=${rate}[$1];"
}

# A disc of light with a glow around it.
sun() {
    printf '%s' "color=0xfff1c9:s=480x480:r=1:d=1,format=yuva420p," \
        "geq=lum='p(X,Y)':cb='p(X,Y)':cr='p(X,Y)':" \
        "a='255*clip(clip(62-hypot(X-240,Y-240),0,1)+0.5*pow(clip(1-hypot(X-240,Y-240)/238,0,1),2.2),0,1)'," \
        "loop=-1:1,fps=${rate}[sun];"
}

stars() {
    printf '%s' "color=white:s=1280x400:r=1:d=1,format=yuva420p," \
        "geq=lum='p(X,Y)':cb='p(X,Y)':cr='p(X,Y)':a='if(gt(random(1),0.9994),60+195*random(2),0)'," \
        "loop=-1:1,fps=$rate,fade=out:st=1:d=7:alpha=1[stars];"
}

# Usage: sky <label> <color above> <color between> <color at the horizon> <further filters>
sky() {
    printf '%s' "gradients=s=$size:r=1:d=1:c0=$2:c1=$3:c2=$4:nb_colors=3:x0=640:y0=0:x1=640:y1=620:speed=0.00001," \
        "format=yuva420p,loop=-1:1,fps=$rate$5[$1];"
}

picture() {
    sky night 0x0b1035 0x35266b 0xa04a6a ""
    sky day 0x2f6fb5 0x8fb8dc 0xffd9a0 ",fade=in:st=1:d=11:alpha=1"
    stars
    sun
    hills far 0x5b4a86 500 70 0.4
    hills middle 0x37305f 570 60 2.1
    hills near 0x17162f 650 50 4.0
    printf '%s' "[night][day]overlay[sky];[sky][stars]overlay[heaven];" \
        "[heaven][sun]overlay=x=800:y='400-25*t'[risen];" \
        "[risen][far]overlay=x='-mod(20*t,1280)':y=400[a];" \
        "[a][middle]overlay=x='-mod(45*t,1280)':y=400[b];" \
        "[b][near]overlay=x='-mod(90*t,1280)':y=400,format=yuv420p"
    if works "color=s=64x64:d=0.1,drawtext=text=K"; then
        local fade="if(lt(t,1.2),0,if(lt(t,2.7),(t-1.2)/1.5,if(lt(t,11.5),1,max(0,1-(t-11.5)/1.5))))"
        printf '%s' ",drawtext=text=Kinora:fontcolor=white:fontsize=132:alpha='$fade':" \
            "x='(w-tw)/2':y='190-4*t':shadowcolor=black@0.25:shadowx=3:shadowy=3," \
            "drawtext=text='Your own video cloud':fontcolor=white:fontsize=38:alpha='$fade':" \
            "x='(w-tw)/2':y='345-4*t':shadowcolor=black@0.25:shadowx=2:shadowy=2"
    fi
    printf '[picture];'
}

# A chord that swells and ebbs, a little different on each side.
chord() {
    local swell="0.045*(1-exp(-t))*(0.8+0.2*sin(2*PI*0.2*t))"
    local left="sin(2*PI*196*t)+0.7*sin(2*PI*293.66*t)+0.5*sin(2*PI*392*t)"
    local right="sin(2*PI*196.4*t)+0.7*sin(2*PI*246.94*t)+0.5*sin(2*PI*392.5*t)"
    printf '%s' "aevalsrc=exprs='$swell*($left)|$swell*($right)':s=48000:d=$seconds," \
        "afade=out:st=$((seconds - 3)):d=3"
}

sound() {
    local voice="flite=voice=slt:text='Welcome to Kinora. This film was made on your own machine a moment ago, uploaded"
    voice+=" through the public interface, and it plays at once. Now send one of your own.'"
    if works "$voice"; then
        printf '%s' "$voice,aresample=48000,pan=stereo|c0=c0|c1=c0,adelay=1500|1500,volume=0.8[voice];"
        chord
        printf '%s' "[chord];[chord][voice]amix=inputs=2:duration=first:normalize=0,alimiter=limit=0.9:level=0[sound]"
    else
        chord
        printf '[sound]'
    fi
}

ffmpeg -v error -nostdin -y -filter_complex "$(picture)$(sound)" -map '[picture]' -map '[sound]' -t "$seconds" \
    -c:v libx264 -preset veryfast -crf 21 -profile:v high -pix_fmt yuv420p \
    -bf 3 -g $((2 * rate)) -keyint_min $((2 * rate)) -sc_threshold 0 \
    -c:a aac -b:a 128k -ar 48000 -ac 2 -metadata:s:a:0 language=eng \
    -movflags +faststart -f mp4 "$film"
