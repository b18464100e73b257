//! Given names that Ukrainian and Belarusian have in another form than Russian, which no rule of letters reaches.

/// Pairs of folds: the form, and the one that it stands for.
const GIVEN: [(&str, &str); 79] = [
    ("alahandr", "alehandr"),
    ("alahandra", "alehandra"),
    ("alahei", "alehei"),
    ("aleg", "oleg"),
    ("alehander", "alehandr"),
    ("alehandre", "alehandr"),
    ("alena", "elena"),
    ("andri", "andrei"),
    ("arsem", "artem"),
    ("avgen", "evgeni"),
    ("avgenia", "evgenia"),
    ("avgena", "evgena"),
    ("danilo", "danil"),
    ("dmitro", "dmitri"),
    ("dzmitri", "dmitri"),
    ("evgen", "evgeni"),
    ("fedar", "fedor"),
    ("fedir", "fedor"),
    ("gana", "ana"),
    ("genad", "genadi"),
    ("illa", "ila"),
    ("iosip", "esif"),
    ("esip", "esif"),
    ("iosef", "esif"),
    ("kanstansin", "konstantin"),
    ("kasarina", "ekaterina"),
    ("kasirina", "ekaterina"),
    ("katerina", "ekaterina"),
    ("kirilo", "kiril"),
    ("kostantin", "konstantin"),
    ("kostantn", "konstantin"),
    ("leanid", "leonid"),
    ("masvei", "matvei"),
    ("matvi", "matvei"),
    ("mihailo", "mihail"),
    ("mikalai", "nikolai"),
    ("mikola", "nikolai"),
    ("mikita", "nikita"),
    ("nadea", "nadejda"),
    ("nada", "nadejda"),
    ("natala", "natala"),
    ("natalia", "natala"),
    ("nastasa", "anastasa"),
    ("olehandr", "alehandr"),
    ("olehandra", "alehandra"),
    ("olehi", "alehei"),
    ("olehsandr", "alehandr"),
    ("olehsi", "alehei"),
    ("olena", "elena"),
    ("pavlo", "pavel"),
    ("petro", "petr"),
    ("patr", "petr"),
    ("piotr", "petr"),
    ("peter", "petr"),
    ("raman", "roman"),
    ("rigor", "grigori"),
    ("grigor", "grigori"),
    ("hrihori", "grigori"),
    ("samen", "semen"),
    ("sargei", "sergei"),
    ("sergi", "sergei"),
    ("serhi", "sergei"),
    ("stsapan", "stepan"),
    ("ssapan", "stepan"),
    ("sapan", "stepan"),
    ("svatlana", "svetlana"),
    ("svitlana", "svetlana"),
    ("tasana", "tatana"),
    ("tetana", "tatana"),
    ("uladimir", "vladimir"),
    ("uladislav", "vladislav"),
    ("vacaslav", "vaceslav"),
    ("valansin", "valentin"),
    ("valansina", "valentina"),
    ("vasil", "vasili"),
    ("viktar", "viktor"),
    ("volodimir", "vladimir"),
    ("volodislav", "vladislav"),
    ("ihor", "igor"),
];

/// The form that a folded given name is compared in.
pub(super) fn usual(fold: &str) -> &str {
    GIVEN.iter().find(|(form, _)| *form == fold).map_or(fold, |(_, usual)| usual)
}

/// The other forms of the given name that a fold is a form of.
pub(super) fn forms(fold: &str) -> impl Iterator<Item = &'static str> {
    let usual = usual(fold).to_owned();
    GIVEN.iter().filter(move |(_, stands_for)| *stands_for == usual).map(|(form, _)| *form)
}

/// What the usual forms begin with that have a form with this beginning.
pub(super) fn usual_firsts(beginning: &str) -> impl Iterator<Item = char> {
    let forms = GIVEN.iter().filter(move |(form, _)| form.starts_with(beginning));
    forms.filter_map(|(_, usual)| usual.chars().next())
}
