/** Chinese: what plays. */
export const media = {
  "media.title": "正在播放",
  "media.what": "所有播放器，以及换到另一台播放",
  "media.none": "没有播放器",
  "media.none.what": "已连接的音箱和电视，以及已配对的手机和电脑上播放的内容会显示在这里。",
  "media.silent": "未播放",
  "media.nothing": "没有播放",
  "media.nothing.what": "请在播放器上选择要播放的内容。",
  "media.own": "只有你能看到那里播放的内容",
  "media.to": "换一台播放",
  "media.only_here": "这里播放的内容，其他播放器无法取得。",
  "media.goes": "正在转到{name}",
  "media.done": "已在{name}播放",
  "media.kept": "仍在这里播放",
  "media.both": "两台都在播放",
};
