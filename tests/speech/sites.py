"""A small shop's site, with only what understanding reads: languages, intents, and the commands of its flows."""

from collections.abc import Mapping, Sequence

from config.flow import Command, EndNode, Flow
from config.language import Intent
from config.people import Outcome, Segments
from config.promises import CallbackRules
from config.site import Site, SiteFacts

SHOP: Mapping[str, Intent] = {
    "order_status": Intent(
        menu={"en": "order status", "ko": "배송 조회"},
        phrases={
            "en": [
                "where is my order",
                "when does my parcel arrive",
                "track my package",
                "I'm still waiting for a delivery",
                "has it been shipped yet",
                "my order hasn't come",
                "the courier never showed up",
                "I ordered something last week",
            ],
            "ko": [
                "주문한 거 언제 와요",
                "배송 어디까지 왔어요",
                "택배가 아직 안 왔어요",
                "물건이 언제 도착하나요",
                "배송 조회하고 싶어요",
                "지난주에 시킨 상품이 안 와요",
                "출고됐는지 확인해 주세요",
                "배달이 늦어지고 있어요",
            ],
        },
        never={"en": ["I want to place an order", "where is your shop"], "ko": ["주문하고 싶어요"]},
    ),
    "billing": Intent(
        menu={"en": "payments and bills", "ko": "결제 문의"},
        phrases={
            "en": [
                "I was charged twice",
                "a question about my bill",
                "my payment did not go through",
                "I want my money back",
                "there is a wrong amount on my statement",
                "I need a receipt",
                "you took too much from my account",
                "I don't recognise this charge",
            ],
            "ko": [
                "결제가 두 번 됐어요",
                "청구서에 대해 물어볼 게 있어요",
                "결제가 안 돼요",
                "환불해 주세요",
                "금액이 잘못 나왔어요",
                "할부로 바꿀 수 있나요",
                "영수증이 필요해요",
                "모르는 결제 내역이 있어요",
            ],
        },
    ),
    "opening_hours": Intent(
        menu={"en": "opening hours", "ko": "상담 시간"},
        phrases={
            "en": [
                "when are you open",
                "what are your opening hours",
                "until what time can I call",
                "are you open on Saturday",
                "when do you close today",
                "business hours",
                "do you work on public holidays",
            ],
            "ko": [
                "몇 시까지 해요",
                "상담 시간이 어떻게 되나요",
                "토요일에도 하나요",
                "주말에 전화해도 되나요",
                "오늘 몇 시에 끝나요",
                "영업시간 알려 주세요",
                "언제 문 열어요",
            ],
        },
    ),
    "more_help": Intent(phrases={"en": ["yes", "yes please", "something else"], "ko": ["네", "다른 것도요"]}),
    "all_done": Intent(phrases={"en": ["no", "no thanks", "that's all"], "ko": ["아니요", "그게 다예요"]}),
}


def site(
    intents: Mapping[str, Intent] | None = None,
    *,
    languages: Sequence[str] = ("en", "ko"),
    always: Mapping[str, Command] | None = None,
) -> Site:
    flow = Flow(flow="support", start="bye", always=dict(always or {}), nodes={"bye": EndNode(end=True)})
    return Site(
        facts=SiteFacts(
            name={"en": "Hanbit"}, languages=list(languages), zone="Asia/Seoul", numbers={}, emergency_number="119"
        ),
        flows={"support": flow},
        prompts={},
        intents=SHOP if intents is None else intents,
        segments=Segments(otherwise=Outcome(path="self_service_first")),
        queues={},
        hours={},
        callbacks=CallbackRules(caller_id="+15550100000"),
        services={},
        agents={},
        tables={},
        hash="1",
        files={},
    )
