"""What people say that no contact centre is there for: the counter-examples that every site is trained with.

They teach how common words are, and how unlike a site's phrases a sentence may be before it means nothing. A site
whose phrases are close to one of these leaves that one out (`understanding.py`), so the list is free to be wide.
"""

ENGLISH = """
what is the weather like tomorrow
is it going to rain this weekend
tell me a joke
sing me a song
what time is it in tokyo
who won the game last night
how do i make an omelette
what is the capital of australia
i want to sell my car
i want to buy a house
can you recommend a good movie
how tall is mount everest
my dog ate my homework
what should i have for dinner
do you like music
how old are you
are you a robot
where were you born
i am bored
i have a headache
should i see a doctor about my knee
book me a flight to paris
i need a hotel room for two nights
what is on television tonight
play some jazz
turn off the lights in the kitchen
set an alarm for seven
remind me to call my mother
how do you spell necessary
translate good morning into french
what is twelve times fifteen
how many days until christmas
who is the president
i want to learn to play the guitar
is there a good restaurant near here
call me a taxi
how is the traffic this morning
my car broke down on the highway
i lost my keys
what is the meaning of life
i am looking for a job
are you hiring right now
i would like to sell you advertising
we can improve your search ranking
would you like to take part in a survey
have you thought about your energy supplier
i think i have the wrong number
is this the pizza place
can i speak to grandma
mom is that you
hello hello can you hear me
wait a moment someone is at the door
shut up and be quiet over there
no not you i am talking to my son
this is so annoying
you are completely useless
i love you
that was a great movie
what do you think about politics
the neighbours are too loud
who invented the telephone
how far is the moon
when does the train to boston leave
how do i get to the airport
what is a good present for a ten year old
my computer is slow
how do i tie a tie
i would like to adopt a cat
can you help me with my math homework
what is the stock market doing
how many ounces are in a pound
give me a recipe for banana bread
how do i remove a stain from a shirt
what is the best phone to buy
i want to report a crime
there is a fire in my building
i need a lawyer
how do i apply for a visa
when is my dentist appointment
i would like to rent a car
what is the score
how much does a tattoo cost
where can i park downtown
what does this word mean
i want to lose weight
do you have any hobbies
what is your favourite colour
flip a coin
tell me a story
how long do turtles live
the baby is crying again
sorry i was talking to someone else
i forgot what i wanted to say
let me think about that
"""

KOREAN = """
내일 날씨 어때요
주말에 비 와요
재미있는 얘기 하나 해 주세요
노래 한 곡 불러 줘
지금 도쿄는 몇 시예요
어제 야구 누가 이겼어요
김치찌개 어떻게 끓여요
호주 수도가 어디예요
제 차를 팔고 싶어요
집을 사려고 하는데요
재미있는 영화 추천해 주세요
백두산 높이가 얼마예요
우리 강아지가 아파요
오늘 저녁 뭐 먹지
음악 좋아하세요
나이가 몇 살이에요
로봇이에요 사람이에요
심심해요
머리가 아파요
무릎이 아픈데 병원 가야 할까요
제주도 비행기표 예매해 주세요
호텔 방 하나 잡아 주세요
오늘 텔레비전에서 뭐 해요
신나는 노래 틀어 줘
거실 불 꺼 줘
일곱 시에 깨워 줘
엄마한테 전화하라고 알려 줘
이 단어 맞춤법이 어떻게 돼요
좋은 아침을 프랑스어로 뭐라고 해요
십이 곱하기 십오는 얼마야
크리스마스까지 며칠 남았어
대통령이 누구예요
기타 배우고 싶어요
근처에 맛집 있어요
택시 좀 불러 주세요
지금 길이 많이 막혀요
고속도로에서 차가 고장 났어요
열쇠를 잃어버렸어요
인생의 의미가 뭐예요
일자리를 찾고 있어요
직원 채용하시나요
광고 하나 해 보시겠어요
좋은 투자 상품이 있는데요
설문 조사에 참여해 주시겠어요
전화를 잘못 걸었나 봐요
거기 피자집 아니에요
할머니 좀 바꿔 주세요
엄마야
여보세요 들리세요
잠깐만요 누가 왔어요
거기 좀 조용히 해
아니 너 말고 우리 아들한테 말한 거야
정말 짜증 나네
바보 아니야
사랑해요
정치에 대해 어떻게 생각해요
윗집이 너무 시끄러워요
전화는 누가 발명했어요
달까지 거리가 얼마나 돼요
부산 가는 기차 몇 시에 있어요
공항까지 어떻게 가요
열 살 아이 선물 뭐가 좋을까요
컴퓨터가 너무 느려요
넥타이 매는 법 알려 주세요
고양이를 입양하고 싶어요
수학 숙제 좀 도와줘
주식이 얼마나 올랐어요
빵 굽는 법 알려 줘
셔츠에 묻은 얼룩 어떻게 지워요
어떤 휴대폰이 제일 좋아요
범죄를 신고하려고요
건물에 불이 났어요
변호사가 필요해요
비자 신청은 어떻게 해요
치과 예약이 언제였죠
차를 빌리고 싶은데요
지금 몇 대 몇이에요
문신하는 데 얼마예요
시내에 주차할 데 있어요
이 말이 무슨 뜻이에요
살 빼고 싶어요
취미가 뭐예요
좋아하는 색이 뭐예요
동전 던져 봐
옛날이야기 해 줘
거북이는 몇 년 살아요
아기가 또 울어요
죄송해요 다른 사람하고 얘기했어요
무슨 말 하려고 했는지 까먹었어요
생각 좀 해 볼게요
"""

OUT_OF_SCOPE = {"en": tuple(ENGLISH.split("\n")[1:-1]), "ko": tuple(KOREAN.split("\n")[1:-1])}
"""Language -> sentences."""
