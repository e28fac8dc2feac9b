"""The words that questions are made with: colours, numbers, people, places, and which words may be said of the same thing.

Nouns are found in the training captions by what stands around them; what is listed here is what no rule finds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

COLOURS = {c: c for c in "white black brown red blue green yellow orange pink purple gray tan blond silver".split()}
COLOURS |= {"grey": "gray", "blonde": "blond"}
NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
DETERMINERS = set("a an the two three four five some his her their its several many another one each this that".split())
ADJECTIVES = set(COLOURS) | set(
    "large small little big young old older elderly long short tall dark light bright colorful wooden metal plastic empty wet dry "
    "grassy sandy rocky snowy muddy dirty busy open striped floral plaid checkered multicolored shirtless happy small-sized "
    "adult asian african male female professional double single two-story parked fallen".split()
)
BETWEEN = (DETERMINERS - {"another"}) | ADJECTIVES
PREPOSITIONS = {"in", "on", "with", "through", "at", "over", "into", "down", "up", "across", "along", "by", "near", "under", "inside"}
# What may stand behind a noun.
BEHIND = PREPOSITIONS | set("of from to for behind beside around and is are while that as next who which has have".split()) | {""}
VAGUE = set(
    "top back side front background foreground middle center edge end other others air distance close way trick view lot line set piece "
    "right left bottom corner image picture photo photograph object surface closeup close-up shot part face turn stunt flip jump race "
    "game body display day show row kind type shade color area match course pair couple fall start half break party event rest "
    "team number total style case area fair competition performance action shadow sun sunset shape time something someone night "
    "help lap spot direction lots bunch pile series item stuff things thing place places evening daytime trip first second third two".split()
)

MEN = "man guy gentleman".split()
WOMEN = "woman lady".split()
CHILDREN = "boy girl child kid baby toddler".split()
DOERS = "player surfer skateboarder snowboarder skier biker cyclist rider climber swimmer skater wrestler runner".split()
# What somebody is called in an answer to "who"; a person and a player may be any of them.
WHO = {"guy": "man", "gentleman": "man", "lady": "woman", "kid": "child", "toddler": "child", "puppy": "dog", "kitten": "cat"}
ANIMALS = "dog cat horse bird sheep cow elephant giraffe zebra bear puppy kitten duck lamb goat deer monkey".split()
ONE = [*MEN, *WOMEN, "person", *CHILDREN, *DOERS, *ANIMALS]
MANY = "men women people children boys girls kids players dogs cats horses birds sheep cows elephants zebras giraffes puppies adults".split()
MASS = set("grass water snow sand dirt mud food luggage furniture graffiti clothing hay ice coffee beer wine pizza cake fruit".split())
SINGULAR = {"men": "man", "women": "woman", "people": "person", "children": "child", "puppies": "puppy"}
PLURAL_ALIKE = {"sheep", "deer", "fish"}

PLACES = set(
    "beach street field park snow water grass road pool room kitchen bathroom bedroom forest woods lake river ocean sea mountain hill "
    "sidewalk city yard track court bench couch bed table chair desk floor boat bus train airport runway station platform restaurant "
    "store bar garden farm pasture desert sand rocks rock cliff bridge stage playground gym wall fence tree swing slide ramp trail path "
    "pond stream creek mud dirt stadium market parade crowd building house car truck window counter shelf sky dock pier harbor pavement "
    "lawn meadow toilet sink bathtub hammock pole railing stairs steps office backyard shore puddle fountain tunnel cage barn".split()
)

# Words of a line may be said of the same thing or go together, so that none is a wrong answer where another is right.
SAME = [
    f"man men guy guys gentleman adult adults person people someone {' '.join(DOERS)} players",
    f"woman women lady ladies adult adults person people someone {' '.join(DOERS)} players",
    f"boy boys child children kid kids toddler baby person people someone {' '.join(DOERS)} players",
    f"girl girls child children kid kids toddler baby person people someone {' '.join(DOERS)} players",
    "dog dogs puppy puppies poodle terrier greyhound animal animals",
    "cat cats kitten animal",
    "horse horses pony foal animal",
    "bird birds duck ducks goose geese swan seagull animal",
    "sheep lamb lambs goat goats animal",
    "cow cows cattle bull calf animal",
    "elephant elephants giraffe zebra bear animal",
    "bike bicycle bikes bicycles cycle motorcycle motorbike dirtbike scooter atv vehicle",
    "car cars van truck suv taxi jeep vehicle vehicles",
    "bus buses vehicle",
    "train trains locomotive",
    "airplane plane jet airplanes planes",
    "boat boats ship sailboat canoe kayak raft ferry",
    "couch sofa armchair loveseat",
    "chair chairs seat bench stool",
    "table tables desk counter",
    "tv television screen monitor monitors",
    "computer laptop keyboard monitor screen desk",
    "phone cellphone telephone",
    "beach sand shore ocean sea water waves wave coast sea shoreline",
    "water lake river pool pond ocean sea stream creek puddle waves wave fountain",
    "grass field yard lawn park meadow pasture garden hill backyard farm ground",
    "street road sidewalk city pavement parking corner building crosswalk highway",
    "snow mountain hill slope mountainside mountains ice",
    "mountain mountains hill cliff rock rocks boulder canyon ridge",
    "forest woods trees tree trail path log",
    "trail path track dirt road",
    "track race",
    "dirt mud sand ground desert",
    "room floor bedroom bed couch chair table house kitchen office desk bathroom living",
    "kitchen counter stove sink table oven refrigerator",
    "bathroom toilet sink bathtub shower mirror",
    "gym court stadium field stage",
    "air sky trick jump ramp",
    "ramp skateboard skatepark park railing rail stairs steps",
    "wall building fence house window door",
    "playground swing slide park",
    "shirt t-shirt top jersey sweater sweatshirt jacket coat uniform outfit clothes clothing suit vest hoodie dress costume bikini",
    "pants jeans shorts trousers uniform outfit clothes clothing suit swimsuit",
    "hat cap helmet headband hood bandanna",
    "helmet gear uniform",
    "glasses sunglasses goggles mask",
    "shoes boots sneakers",
    "swimsuit bikini trunks shorts",
    "ball basketball football soccer volleyball baseball tennis rugby game sport",
    "frisbee disc toy",
    "toy ball doll frisbee stick",
    "leash collar rope harness",
    "guitar instrument drums violin music",
    "surfboard board wave surf",
    "snowboard board ski skis",
    "skateboard board",
    "food meal cake pizza sandwich fruit plate",
    "drink beer wine coffee glass cup bottle mug",
    "book newspaper magazine paper",
    "picture photo camera",
    "flower flowers plant plants bush leaves vase",
    "tree trees branch leaves",
    "stick branch log wood",
    "bag backpack purse luggage suitcase",
    "hand hands arm arms finger",
    "tan brown orange blond",
    "gray silver white",
    "purple pink blue",
    "pink red",
    "red orange",
    "yellow blond tan",
    "black brown gray",
    "running racing jogging chasing playing sprinting",
    "walking strolling hiking crossing leading",
    "standing posing waiting looking holding leaning",
    "sitting resting relaxing waiting riding",
    "laying lying sleeping resting relaxing",
    "jumping leaping flying diving flipping performing bouncing",
    "riding biking racing driving performing skateboarding surfing skiing snowboarding",
    "skateboarding grinding performing sliding jumping",
    "swimming wading splashing bathing paddling",
    "climbing hiking scaling hanging rappelling",
    "eating chewing biting dining licking",
    "fighting wrestling playing boxing biting",
    "carrying holding retrieving fetching bringing",
    "throwing tossing pitching",
    "catching jumping playing",
    "looking watching staring facing peering",
    "smiling laughing posing",
    "talking speaking",
    "playing swinging kicking hitting throwing dribbling running jumping competing",
]

# What bodies do, of which one excludes the others; other doings go beside these.
MOTIONS = set(
    "standing sitting lying laying walking running jumping leaping swimming climbing riding flying sleeping skateboarding surfing skiing "
    "snowboarding biking diving kneeling dancing swinging sliding eating drinking reading fighting wrestling driving fishing skating "
    "kayaking rowing crawling digging rolling".split()
)
NOT_DOING = set(
    "wearing clothing building during morning evening king ring railing ceiling string thing something painting living being going doing "
    "looking using having getting making taking trying wedding swing overlooking coming showing covering clothing containing including "
    "surrounding parking dining opposing preparing attempting performing practicing".split()
)
# Worn so often that a photo shows them where no caption says so.
ALWAYS = set("shirt jeans pants shoes clothes clothing shorts hair top face hand hands outfit".split())

# Nouns that end as verbs do.
THINGS_ING = set("building railing swing ring string wing ceiling clothing painting king awning thing pudding wedding".split())

ALIKE: dict[str, set[str]] = {}
for line in SAME:
    for word in line.split():
        ALIKE.setdefault(word, set()).update(line.split())


def plural(word: str) -> bool:
    """Whether a noun stands for many."""
    return word in MANY or (word.endswith("s") and not word.endswith(("ss", "us", "is")))


def singular(word: str) -> str:
    """The noun for one of them, by rule."""
    if word in SINGULAR:
        return SINGULAR[word]
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1] if plural(word) and word not in PLURAL_ALIKE else word


def supported(words: Iterable[str]) -> set[str]:
    """All answers that words said of a photo make right, or not surely wrong."""
    found = set()
    for word in words:
        for form in {word, singular(word)}:
            found |= {form, f"{form}s"} | ALIKE.get(form, set())
    return found


def nouns(captions: Iterable[list[str]], rarest: int = 5) -> list[str]:
    """Words that stand behind determiners and before what may follow a noun, the most frequent first."""
    count, begun, closed = Counter(), Counter(), Counter()
    for caption in captions:
        for at, word in enumerate(caption):
            count[word] += 1
            begun[word] += at > 0 and caption[at - 1] in BETWEEN
            following = caption[at + 1] if at + 1 < len(caption) else ""
            closed[word] += following in BEHIND or following.endswith("ing")
    strange = VAGUE | BETWEEN | BEHIND | {"was", "were", "it", "there"}
    found = [w for w, n in count.items() if n >= rarest and w not in strange and begun[w] > n / 4 and closed[w] > 0.45 * n]
    found = [w for w in found if not w.isdigit() and (not w.endswith("ing") or w in THINGS_ING)]
    return sorted(found, key=lambda w: (-count[w], w))
