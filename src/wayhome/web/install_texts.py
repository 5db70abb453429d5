"""The words of the install page, in English and Chinese."""

from __future__ import annotations

from wayhome.web.browser import System

type Language = str

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Trust this home's hub",
        "why": "Your hub speaks https with a certificate of your own household. Install it once on this device; then "
        "the app works offline, can notify you, and passkeys work. It can vouch for this hub only, never for other "
        "websites.",
        "checking": "Looking whether this device trusts the hub…",
        "trusted": "This device trusts the hub.",
        "open": "Open the hub",
        "untrusted": "Not yet trusted. Follow the steps below, then check again.",
        "again": "Check again",
        "compare": "Compare before you install. The hub's console shows the same fingerprint:",
        "other": "Another device",
        "scan": "Scan this with a phone to open this page there:",
        "lang": "中文",
        "lang_code": "zh",
    },
    "zh": {
        "title": "让此设备信任家庭中枢",
        "why": "您的家庭中枢使用自家的证书提供 https 服务。在此设备上安装一次即可：应用可离线使用、可发送通知、"
        "可使用通行密钥。该证书只能为此中枢作保，不能用于其他网站。",
        "checking": "正在检查此设备是否信任中枢…",
        "trusted": "此设备已信任中枢。",
        "open": "打开中枢",
        "untrusted": "尚未信任。请按以下步骤操作，然后再次检查。",
        "again": "再次检查",
        "compare": "安装前请核对。中枢的控制台上显示相同的指纹：",
        "other": "其他设备",
        "scan": "用手机扫描，在手机上打开此页：",
        "lang": "English",
        "lang_code": "en",
    },
}

FILES: dict[System, str] = {
    "ios": "wayhome.mobileconfig",
    "android": "wayhome.crt",
    "windows": "wayhome.crt",
    "macos": "wayhome.pem",
    "linux": "wayhome.pem",
}
TITLES: dict[System, str] = {
    "ios": "iPhone, iPad",
    "android": "Android",
    "windows": "Windows",
    "macos": "macOS",
    "linux": "Linux",
}
# The first step of each is the download; {file} is its address.
STEPS: dict[Language, dict[System, tuple[str, ...]]] = {
    "en": {
        "ios": (
            'Open this page in Safari and <a href="{file}">download the profile</a>; tap Allow.',
            "Settings → General → VPN &amp; Device Management → the profile → Install.",
            "Settings → General → About → Certificate Trust Settings: switch it on.",
        ),
        "android": (
            '<a href="{file}">Download the certificate</a>.',
            "Settings → Security &amp; privacy → More → Encryption &amp; credentials → Install a certificate → "
            "CA certificate → Install anyway → choose the file. (Searching Settings for “CA certificate” finds it.)",
            "Close Chrome fully and open it again.",
        ),
        "windows": (
            '<a href="{file}">Download the certificate</a> and open it.',
            "Install Certificate → Current User → “Place all certificates in the following store” → Browse → "
            "Trusted Root Certification Authorities → Finish → Yes.",
            "Restart the browser. Firefox: Settings → Privacy &amp; Security → “Allow Firefox to automatically trust "
            "third-party root certificates you install”.",
        ),
        "macos": (
            '<a href="{file}">Download the certificate</a> and open it: it goes into the login keychain.',
            "Keychain Access → login → Certificates → double-click it → Trust → “Always Trust”. Close the window.",
            "Restart the browser.",
        ),
        "linux": (
            '<a href="{file}">Download the certificate</a>.',
            "Chrome, Chromium: <code>certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n wayhome -i wayhome.pem</code> "
            "(package libnss3-tools), or Settings → Privacy and security → Security → Manage certificates → Import.",
            "Firefox: Settings → Privacy &amp; Security → View Certificates → Authorities → Import → for websites.",
            "Whole system (Debian, Ubuntu): <code>sudo cp wayhome.pem /usr/local/share/ca-certificates/wayhome.crt "
            "&amp;&amp; sudo update-ca-certificates</code>",
        ),
    },
    "zh": {
        "ios": (
            '用 Safari 打开此页并<a href="{file}">下载描述文件</a>，点“允许”。',
            "设置 → 通用 → VPN 与设备管理 → 该描述文件 → 安装。",
            "设置 → 通用 → 关于本机 → 证书信任设置：打开开关。",
        ),
        "android": (
            '<a href="{file}">下载证书</a>。',
            "设置 → 安全和隐私 → 更多 → 加密与凭据 → 安装证书 → CA 证书 → 仍然安装 → 选择文件。"
            "（可在设置中搜索“CA 证书”。）",
            "完全关闭浏览器后重新打开。",
        ),
        "windows": (
            '<a href="{file}">下载证书</a>并打开。',
            "安装证书 → 当前用户 → “将所有证书放入下列存储” → 浏览 → 受信任的根证书颁发机构 → 完成 → 是。",
            "重新启动浏览器。Firefox：设置 → 隐私与安全 → 允许自动信任您安装的第三方根证书。",
        ),
        "macos": (
            '<a href="{file}">下载证书</a>并打开，它会存入“登录”钥匙串。',
            "钥匙串访问 → 登录 → 证书 → 双击该证书 → 信任 → “始终信任”，然后关闭窗口。",
            "重新启动浏览器。",
        ),
        "linux": (
            '<a href="{file}">下载证书</a>。',
            "Chrome、Chromium：<code>certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n wayhome -i wayhome.pem</code>"
            "（软件包 libnss3-tools），或 设置 → 隐私和安全 → 安全 → 管理证书 → 导入。",
            "Firefox：设置 → 隐私与安全 → 查看证书 → 证书颁发机构 → 导入 → 信任由此标识的网站。",
            "整个系统（Debian、Ubuntu）：<code>sudo cp wayhome.pem /usr/local/share/ca-certificates/wayhome.crt "
            "&amp;&amp; sudo update-ca-certificates</code>",
        ),
    },
}
