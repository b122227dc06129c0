"""Pages in languages and scripts of which the line model has seen little: their text stays, whatever else goes."""

from __future__ import annotations

import pytest

import corpus
from corpus import Role

CHINESE = """首页
新闻
登录
台风登陆北部海岸 两人死亡数百栋房屋被毁
2024年9月12日 14:05
分享到
台风周一袭击了北部海岸，造成至少两人死亡，警方说，数百栋房屋被毁，居民被迫撤离。
气象部门表示，这场台风是今年以来登陆当地的最强台风，中心附近最大风力达到十四级，预计周三减弱。
市长在新闻发布会上说，全市已经开放三十个避难所，并派出船只前往被洪水围困的两个村庄。
当地一名渔民告诉记者，他的三条渔船全部沉没，“我们什么都没有了，但是人还在。”
专家认为，沿海地区应当尽快修复堤坝，否则下一次台风可能带来更大的损失。
相关阅读
五件关于通货膨胀的事
明星在晚宴上吃了什么
版权所有 2024 示例传媒"""
JAPANESE = """ホーム
ログイン
港町の橋が通行止め、修理は来年春まで続く見通し
2024年9月12日 14時05分
シェアする
川にかかる橋の柱に洪水でひびが見つかり、市は月曜日、安全が確認されるまで橋を通行止めにすると発表した。
橋は一九三二年に建てられ、一日に二万台の車が通る。市の担当者は「修理には半年以上かかる」と話している。
東岸の商店主らは客の多くが対岸から来るため、売り上げが落ちることを心配している。
市長は記者会見で「けが人が出なかったことが何よりだ」と述べ、国に支援を求める考えを示した。
専門家は、同じ時期に建てられた橋が県内に十以上あり、点検を急ぐべきだと指摘する。
関連記事
駅前に新しい図書館が開館
プライバシーポリシー"""
THAI = """หน้าแรก
เข้าสู่ระบบ
น้ำท่วมภาคเหนือทำให้ประชาชนหลายพันคนต้องอพยพออกจากบ้าน
12 กันยายน 2567 เวลา 14.05 น.
แชร์
ประชาชนหลายพันคนต้องอพยพออกจากบ้านในภาคเหนือเมื่อวันจันทร์ หลังจากเขื่อนล้นและน้ำไหลเข้าท่วมถนนสายหลักของอำเภอ
หน่วยงานบรรเทาสาธารณภัยระบุว่าได้เปิดศูนย์พักพิงในสามอำเภอแล้ว และส่งเรือไปช่วยเหลือชาวบ้านที่ติดอยู่ในอีกสองตำบล
ชาวบ้านคนหนึ่งกล่าวกับผู้สื่อข่าวว่าน้ำขึ้นเร็วมากในเวลากลางคืน ครอบครัวของเธอจึงไม่มีเวลาเก็บข้าวของออกจากบ้านเลย
เจ้าหน้าที่คาดว่าน้ำจะท่วมขังต่อไปอีกสองสัปดาห์จนกว่าระดับน้ำในเขื่อนจะลดลง และขอให้ประชาชนติดตามประกาศอย่างใกล้ชิด
ข่าวที่เกี่ยวข้อง
ห้าเรื่องที่ควรรู้เกี่ยวกับเงินเฟ้อ
ติดต่อเรา"""
PORTUGUESE = "\n".join(
    [
        "Início", "Notícias", "Assine", "Entrar",
        "Calendário do campeonato de remo de 2024",
        "Compartilhe no Facebook",
        "Veja as datas e os locais de todas as etapas do campeonato:",
        *(
            f"{number}ª etapa: {day} de {month} – {place}"
            for number, day, month, place in (
                (1, 10, "março", "Lagoa"), (2, 8, "abril", "Porto Velho do Sul"), (3, 22, "abril", "Rio Claro"),
                (4, 6, "maio", "Santa Rita"), (5, 20, "maio", "Serra Azul"), (6, 5, "agosto", "Vila do Mar"),
                (7, 19, "agosto", "Campo Belo"), (8, 9, "setembro", "Ponta Grande"), (9, 21, "outubro", "Água"),
            )
        ),
        "As datas podem mudar, segundo a federação.",
        "Leia também",
        "Cinco coisas sobre a inflação",
        "© 2024 Exemplo Mídia. Todos os direitos reservados.",
    ]
)  # fmt: skip
POLISH = """Strona główna
Zaloguj się
Udostępnij
Most nad rzeką zamknięty do wiosny, kierowcy muszą jechać objazdem
Jan Przykładowy
Trzy tygodnie po powodzi władze miasta zdecydowały, że most nad rzeką pozostanie zamknięty co najmniej do wiosny.
Inżynierowie znaleźli pęknięcia w dwóch filarach i nikt nie wie, jak długo potrwa naprawa, powiedział burmistrz.
– Nikt nie został ranny i to jest dla nas najważniejsze – mówił burmistrz dziennikarzom przy zamkniętym moście.
Przez most przejeżdża każdego dnia dwadzieścia tysięcy samochodów, a objazd zajmuje kierowcom pół godziny.
Sklepikarze na wschodnim brzegu boją się o swój handel, bo większość klientów przychodzi z drugiej strony rzeki.
Czytaj też
Pięć rzeczy, które warto wiedzieć o inflacji
Polityka prywatności"""


@pytest.mark.parametrize(
    ("page", "first", "last"),
    [(CHINESE, 6, 11), (JAPANESE, 5, 10), (THAI, 5, 9), (PORTUGUESE, 7, 17), (POLISH, 5, 10)],
    ids=["Chinese", "Japanese", "Thai", "Portuguese schedule", "Polish"],
)
def test_the_text_stays_and_the_furniture_goes(page: str, first: int, last: int) -> None:
    """Every line of the article is kept, the last one too; what a rule knows for furniture is not."""
    (document,) = corpus.clean_many([page], line_model=True)
    lines = page.split("\n")
    kept = {block.line for block in document.blocks if block.kept}
    assert [line for line in lines[first:last] if lines.index(line) not in kept] == []
    assert not kept & {0, 1, len(lines) - 1}


@pytest.mark.parametrize("page", [CHINESE, JAPANESE, THAI, PORTUGUESE, POLISH])
def test_its_headline_is_not_lost(page: str) -> None:
    """It is the title, or at least it stays in the text."""
    (document,) = corpus.clean_many([page], line_model=True)
    headline = max(page.split("\n")[2:5], key=len)
    (block,) = [block for block in document.blocks if block.text == headline]
    assert block.role is Role.TITLE or block.kept


UNKNOWN = {
    "Georgian": "ქალაქის ხიდი წყალდიდობის შემდეგ დახურულია და მერია ამბობს რომ შეკეთება გაზაფხულამდე გაგრძელდება",
    "Amharic": "ከጎርፉ በኋላ የከተማዋ ድልድይ ተዘግቷል ከንቲባው ጥገናው እስከ ፀደይ ድረስ ይቀጥላል ብለዋል ነዋሪዎችም ተጨንቀዋል",
    "Khmer": "ស្ពានក្នុងទីក្រុងត្រូវបានបិទបន្ទាប់ពីទឹកជំនន់ហើយអភិបាលក្រុងនិយាយថាការជួសជុលនឹងបន្តរហូតដល់និទាឃរដូវ",
    "Tamil": "வெள்ளத்திற்குப் பிறகு நகரப் பாலம் மூடப்பட்டுள்ளது பழுதுபார்ப்பு வசந்த காலம் வரை நீடிக்கும் என்று மேயர் கூறினார்",
}


@pytest.mark.parametrize("sentence", UNKNOWN.values(), ids=UNKNOWN)
def test_a_script_without_rules_is_never_cut_to_nothing(sentence: str) -> None:
    """Where all that is known of a page is its share buttons, its sentences stay."""
    words = sentence.split(" ")
    turned = [" ".join(words[at:] + words[:at]) for at in range(0, len(words), 2)]
    body = turned if len(turned) > 1 else [sentence[at:] + sentence[:at] for at in range(0, 40, 8)]
    page = ["Facebook", "Share on WhatsApp", words[0][:10], *body, "Facebook", "© 2024 Example"]
    (document,) = corpus.clean_many(["\n".join(page)], line_model=True)
    assert all(line in document.text for line in body)
