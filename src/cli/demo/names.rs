//! First and last names as they are found in Québec: mostly French, some English, some of families that came from
//! elsewhere, some Innu, Atikamekw, Mohawk, Cree and Inuit. First and last names are drawn apart from each other.

use rand::Rng;

/// Who carries which names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Community {
    French,
    English,
    Indigenous,
    Haitian,
    Maghrebi,
    Latin,
    Italian,
    Asian,
}

/// The lists of one community, most frequent names first.
struct Lists {
    community: Community,
    elder: Vec<&'static str>,
    adult: Vec<&'static str>,
    young: Vec<&'static str>,
    last: Vec<&'static str>,
}

/// All names, split once.
pub(super) struct Names {
    lists: Vec<Lists>,
}

impl Names {
    pub(super) fn new() -> Self {
        let split = |names: &'static str| names.split(", ").collect::<Vec<_>>();
        let same = |community, first, last| Lists {
            community,
            elder: split(first),
            adult: split(first),
            young: split(first),
            last: split(last),
        };
        let by_generation = |community, elder, adult, young, last| Lists {
            community,
            elder: split(elder),
            adult: split(adult),
            young: split(young),
            last: split(last),
        };
        let lists = vec![
            by_generation(Community::French, FRENCH_ELDER, FRENCH_ADULT, FRENCH_YOUNG, FRENCH_LAST),
            by_generation(Community::English, ENGLISH_ELDER, ENGLISH_ADULT, ENGLISH_YOUNG, ENGLISH_LAST),
            same(Community::Indigenous, INDIGENOUS_FIRST, INDIGENOUS_LAST),
            by_generation(Community::Haitian, HAITIAN_FIRST, HAITIAN_FIRST, FRENCH_YOUNG, HAITIAN_LAST),
            same(Community::Maghrebi, MAGHREBI_FIRST, MAGHREBI_LAST),
            same(Community::Latin, LATIN_FIRST, LATIN_LAST),
            same(Community::Italian, ITALIAN_FIRST, ITALIAN_LAST),
            same(Community::Asian, ASIAN_FIRST, ASIAN_LAST),
        ];
        Self { lists }
    }

    /// A first and a last name for someone of that community and age.
    pub(super) fn draw(&self, rng: &mut impl Rng, community: Community, age: u16) -> (String, String) {
        let Some(lists) = self.lists.iter().find(|lists| lists.community == community) else {
            return (String::new(), String::new());
        };
        let first = match age {
            0..=29 => &lists.young,
            30..=59 => &lists.adult,
            _ => &lists.elder,
        };
        let mut last = frequent(rng, &lists.last).to_owned();
        // Half of those born to married parents after 1981 carry two surnames; fewer in an export.
        let double = if age < 45 { 0.09 } else { 0.02 };
        if matches!(community, Community::French | Community::Haitian) && rng.random_bool(double) {
            let other = frequent(rng, &lists.last);
            if other != last && !other.contains('-') && !last.contains('-') {
                last = format!("{last}-{other}");
            }
        }
        (frequent(rng, first).to_owned(), last)
    }
}

/// One of `names`, the earlier the likelier.
fn frequent(rng: &mut impl Rng, names: &[&'static str]) -> &'static str {
    let at = rng.random::<f64>().powf(1.6) * names.len() as f64;
    names.get(at as usize).copied().unwrap_or_default()
}

/// Without accents, lower-case, letters and `separator` for everything else: `Marie-Ève` is `marie-eve`.
pub(super) fn plain(name: &str, separator: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' => plain.push(letter),
            'à' | 'â' | 'ä' | 'á' | 'ã' => plain.push('a'),
            'é' | 'è' | 'ê' | 'ë' => plain.push('e'),
            'î' | 'ï' | 'í' => plain.push('i'),
            'ô' | 'ö' | 'ó' => plain.push('o'),
            'ù' | 'û' | 'ü' | 'ú' => plain.push('u'),
            'ç' => plain.push('c'),
            'ñ' => plain.push('n'),
            _ => plain.push_str(separator),
        }
    }
    plain
}

const FRENCH_LAST: &str = "Tremblay, Gagnon, Roy, Côté, Bouchard, Gauthier, Morin, Lavoie, Fortin, Gagné, Ouellet, \
    Pelletier, Bélanger, Lévesque, Bergeron, Leblanc, Paquette, Girard, Simard, Boucher, Caron, Beaulieu, Cloutier, Dubé, \
    Poirier, Fournier, Lapointe, Leclerc, Lefebvre, Poulin, Thibault, St-Pierre, Nadeau, Martin, Landry, Martel, Bédard, \
    Grenier, Lessard, Bernier, Richard, Michaud, Hébert, Desjardins, Couture, Turcotte, Lachance, Parent, Blais, Gosselin, \
    Savard, Proulx, Beaudoin, Demers, Perreault, Boudreau, Lemieux, Cyr, Perron, Dufour, Dion, Mercier, Bolduc, Bérubé, \
    Boisvert, Langlois, Ménard, Therrien, Plante, Bilodeau, Blanchette, Dubois, Champagne, Paradis, Fortier, Arsenault, \
    Dupuis, Gaudreault, Hamel, Houle, Villeneuve, Rousseau, Gravel, Thériault, Lemay, Robert, Allard, Deschênes, Giroux, \
    Guay, Leduc, Boivin, Charbonneau, Lambert, Raymond, Vachon, Gilbert, Audet, Jean, Larouche, Legault, Trudel, Fontaine, \
    Picard, Labelle, Lacroix, Jacques, Moreau, Carrier, Bernard, Desrosiers, Goulet, Renaud, Dionne, Lapierre, Vaillancourt, \
    Fillion, Lalonde, Tessier, Bertrand, Tardif, Lepage, Gingras, Benoît, Rioux, Giguère, Drouin, Harvey, Lauzon, Bazinet, \
    Gendron, Boutin, Laflamme, Vallée, Dumont, Breton, Paré, Paquin, Robitaille, Gélinas, Duchesne, Lussier, Séguin, Veilleux, \
    Potvin, Gervais, Pépin, Laroche, Morissette, Charron, Lavallée, Laplante, Chabot, Brunet, Vézina, Desrochers, Labrecque, \
    Coulombe, Tanguay, Chouinard, Noël, Pouliot, Lacasse, Daigle, Marcoux, Lamontagne, Turgeon, Larocque, Roberge, Auger, \
    Masse, Pilon, Racine, Dallaire, Émond, Grégoire, Beauregard, Riendeau, Denis, Lebel, Blouin, Martineau, Labbé, Beauchamp, \
    St-Onge, Charette, Dupont, Létourneau, Rodrigue, Cormier, Rivard, Mathieu, Asselin, St-Jean, Plourde, Thibodeau, \
    Bélisle, St-Laurent, Godbout, Desbiens, Lavigne, Doucet, Labonté, Marchand, Brassard, Forget, Major, Marcotte, Béland, \
    Larose, Duval, Archambault, Maltais, Trépanier, Laliberté, Bisson, Brisson, Dufresne, Beaudry, Chartrand, Houde, Fréchette, \
    Lafontaine, Guillemette, Drolet, Vincent, Richer, Germain, Larivière, Ferland, Trottier, Piché, Boulanger, Sirois, \
    Charest, Provost, Durand, Dumas, Soucy, Lamoureux, Lachapelle, Bégin, Boily, Croteau, Savoie, Provencher, Prévost, \
    Duguay, Lemire, Delisle, Desmarais, Laberge, Nault, Bourgeois, Lafrance, Lagacé, Daoust, Brault, Castonguay, Vallières, \
    Pellerin, Rivest, Brochu, Samson, Lépine, Leroux, Larochelle, Brousseau, Sauvé, Laurin, Cléroux, Boissonneault, Pineault, \
    Bissonnette, Tétreault, Leroy, Normandin, Hudon, Cantin, Quirion, Corriveau, Duplessis, Rochon, Bourque, Aubin, Gaumond";

const FRENCH_ELDER: &str = "Michel, Louise, Pierre, Diane, André, Lise, Jean, Francine, Claude, Nicole, Jacques, Ginette, \
    Réjean, Johanne, Daniel, Hélène, Robert, Denise, Gilles, Carole, Normand, Monique, Denis, Suzanne, Alain, Linda, Serge, \
    Sylvie, Yves, Manon, Guy, Claudette, Richard, Danielle, Marcel, Jocelyne, Réal, Céline, Roger, Pierrette, Gaétan, \
    Huguette, Raymond, Thérèse, Luc, Line, Gérard, Micheline, Yvon, Lucie, Ghislain, Colette, Fernand, Gisèle, Jean-Claude, \
    Solange, Jean-Pierre, Rita, Jean-Guy, Jeannine, Laurent, Odette, Léo, Andrée, Bernard, Marielle, Maurice, Lorraine, \
    Rosaire, Madeleine, Marc, France, Ronald, Murielle, Clément, Rachel, Benoît, Lucille, Conrad, Yolande, Jean-Marc, Estelle, \
    Armand, Aline, Émile, Fernande, Rolland, Simone, Viateur, Rolande, Florent, Marie-Paule, Donald, Marie-Claire, Roch, Raymonde";

const FRENCH_ADULT: &str = "Martin, Julie, Stéphane, Isabelle, Éric, Nathalie, Patrick, Annie, François, Mélanie, Sébastien, \
    Caroline, Mathieu, Stéphanie, Nicolas, Geneviève, Simon, Marie-Ève, David, Véronique, Jonathan, Karine, Alexandre, Josée, \
    Maxime, Sophie, Philippe, Chantal, Vincent, Valérie, Guillaume, Catherine, Christian, Marie-Claude, Benoît, Martine, Steve, \
    Patricia, Pascal, Nancy, Jean-François, Émilie, Yannick, Sandra, Francis, Audrey, Mario, Dominique, Dany, Marilyne, Charles, \
    Amélie, Étienne, Jessica, Frédéric, Vanessa, Carl, Sonia, Hugo, Annick, Marc-André, Marie-Josée, Jean-Philippe, Cynthia, \
    Olivier, Joanie, Jérôme, Myriam, Bruno, Mylène, Louis-Philippe, Marie-France, Rémi, Andréanne, Sylvain, Brigitte, Dave, \
    Sabrina, Michaël, Claudia, Pierre-Luc, Marie-Hélène, Antoine, Kim, Yan, Pascale, Luc, Guylaine, Kevin, Roxanne, Jean-Sébastien, \
    Ève, Alexis, Maude, Pier-Luc, Marjolaine, Samuel, Élise, Carol, Anne-Marie, Danny, Lyne, Joël, Magalie, Claude, Édith, Tommy, Judith";

const FRENCH_YOUNG: &str = "Alexandre, Laurence, Samuel, Camille, William, Noémie, Gabriel, Léa, Olivier, Sarah, Félix, Rosalie, \
    Antoine, Jade, Thomas, Audrey, Jérémy, Gabrielle, Xavier, Mégane, Émile, Ariane, Raphaël, Coralie, Zachary, Maude, Nathan, \
    Florence, Mathis, Juliette, Alexis, Emma, Justin, Océane, Anthony, Charlotte, Vincent, Alicia, Loïc, Laurie, Tristan, Élodie, \
    Jacob, Marianne, Édouard, Béatrice, Benjamin, Anaïs, Maxime, Catherine, Louis, Ève, Charles-Antoine, Marie-Pier, Marc-Antoine, \
    Jasmine, Thierry, Delphine, Cédric, Clara, Étienne, Alice, Simon, Maïka, Hubert, Frédérique, Nicolas, Sandrine, Dylan, Daphnée, \
    Hugo, Alexia, Christophe, Victoria, Arnaud, Maélie, Ludovic, Élisabeth, Jules, Kelly-Ann, Pier-Olivier, Ann-Sophie, Zack, \
    Naomie, Renaud, Flavie, Isaac, Rose, Léo, Clémence, Logan, Aurélie, Éloi, Chloé, Théo, Justine, Philémon, Mia, Elliot, Romy";

const ENGLISH_LAST: &str = "Smith, Brown, Campbell, Wilson, Johnson, Taylor, Macdonald, Martin, Anderson, Thompson, Jones, Stewart, \
    Miller, Murphy, Kelly, Robinson, Scott, Williams, Clark, White, Ross, Reid, Young, Fraser, Allen, King, Walker, Bennett, \
    Mitchell, Cohen, Levy, Hughes, Burns, Ryan, O'Connor, O'Brien, Gallagher, Armstrong, Cameron, McKenna, Ferguson, Blair, \
    Kennedy, Graham, Morrison, Sullivan, Doyle, Quinn, Goldberg, Shapiro, Hall, Wright, Harris, Baker, Foster, Mackenzie, \
    Nolan, Pratt, Coates, Gordon, Sinclair, Barrett, Lawson, Price, Cox, Wallace, Hayes, Dawson, Parsons, Whelan";

const ENGLISH_ELDER: &str = "Robert, Margaret, John, Linda, David, Barbara, William, Susan, James, Patricia, Richard, Carol, Peter, \
    Judith, Michael, Nancy, George, Sandra, Donald, Shirley, Kenneth, Heather, Brian, Joan, Gordon, Elizabeth, Douglas, Maureen";

const ENGLISH_ADULT: &str = "Michael, Jennifer, David, Lisa, Andrew, Sarah, Mark, Kimberly, Jason, Melissa, Christopher, Michelle, \
    Matthew, Amanda, Ryan, Tara, Kevin, Laura, Scott, Stephanie, Daniel, Rebecca, Jeffrey, Erin, Sean, Heather, Adam, Emily";

const ENGLISH_YOUNG: &str = "Emily, Ryan, Jessica, Tyler, Emma, Matthew, Hannah, Liam, Olivia, Ethan, Madison, Noah, Sophia, Jacob, \
    Megan, Connor, Chloe, Dylan, Abigail, Owen, Grace, Lucas, Ava, Jack, Zoe, Max, Lily, Oliver, Maya, Caleb";

const INDIGENOUS_LAST: &str = "Vollant, Fontaine, McKenzie, Mestokosho, Awashish, Ottawa, Bellefleur, Kanapé, Petiquay, Rock, Mollen, \
    Jourdain, Bacon, Grégoire, St-Onge, Hervieux, Benuen, Mark, Flamand, Quitich, Chilton, Echaquan, Dubé, Niquay, Weizineau, \
    Diabo, Jacobs, Deer, Norton, Rice, Gabriel, Nelson, Simon, Nicholas, Gull, Blacksmith, Coon-Come, Happyjack, Neeposh, Mianscum, \
    Shecapio, Bosum, Wapachee, Sealhunter, Cheezo, Kitchen, Saganash, Tukkiapik, Qumaluk, Annanack, Kooktook, Gordon, Tulugak, \
    Sivuarapik, Novalinga, Angatookalook, Papigatuk, Kistabish, Mowatt, Wawatie, Brazeau, Commandant, Picard, Sioui, Gros-Louis";

const INDIGENOUS_FIRST: &str = "Marie, Jean-Charles, Mathias, Annie, Shannon, Mikuan, Alexandre, Kateri, Elisapie, Joséphine, Uapikun, \
    Samuel, Naomi, Moïse, Réginald, Kanti, Sylvester, Minnie, Lucassie, Putulik, Siasie, Aibillie, Evelyne, Christine, Maïkan, \
    Adélard, Rita, Ghislain, Philomène, Karonhienhawe, Tyler, Brittany, Ellen, Matthew, Louisa, Harry, Mina, Charlie, Johnny, \
    Mélina, Nathan, Shanice, Pishum, Anne-Marie, Eddie, Malaya, Tommy, Sarah, Joshua, Caroline, Zacharie, Jimmy, Lizzie, Paul-Émile";

const HAITIAN_LAST: &str = "Jean, Pierre, Joseph, Charles, Louis, François, Jean-Baptiste, Paul, Michel, Étienne, Augustin, Toussaint, \
    Desrosiers, Estimé, Alexis, Baptiste, Cadet, Célestin, Dorval, Exantus, Fleurimond, Guerrier, Innocent, Jean-Louis, Laguerre, \
    Lafortune, Mondésir, Noël, Occean, Philogène, Saint-Fleur, Théodore, Valcourt, Victor, Bien-Aimé, Dieudonné, Duvivier, Germain";

const HAITIAN_FIRST: &str = "Marie, Jean, Wilfrid, Rose-Marie, Emmanuel, Guerda, Ralph, Nadège, Frantz, Fabiola, Wilner, Ketsia, Yves, \
    Mirlande, Pierre-Richard, Marjorie, Stanley, Farah, Reginald, Islande, Junior, Régine, Kerline, Jocelyn, Lunise, Evens, Daphney, \
    Mackenson, Esther, Ricardo, Widline, Serge, Judith, Ronald, Magalie, Édouard, Yolette, Patrick, Gina, Steeve, Roseline";

const MAGHREBI_LAST: &str = "Haddad, Benali, El Amrani, Khelifi, Bouzid, Cherif, Mansouri, Belkacem, Saidi, Ziani, Benjelloun, \
    El Idrissi, Hamdi, Trabelsi, Ben Salah, Khoury, Nasr, Rahmani, Slimani, Toumi, Boudiaf, Amrouche, Meziane, Alaoui, Berrada, \
    Chaoui, Fassi, Gharbi, Jaziri, Lahlou, Messaoudi, Naciri, Ouali, Salem, Tazi, Yahiaoui, Zeroual, Daher, Abboud, Hanna, Sleiman";

const MAGHREBI_FIRST: &str = "Mohamed, Fatima, Karim, Nadia, Youssef, Samira, Ahmed, Amina, Rachid, Salma, Omar, Leïla, Mehdi, Yasmine, \
    Ali, Sara, Nabil, Khadija, Amine, Imane, Hassan, Meriem, Samir, Hanane, Walid, Rania, Bilal, Inès, Ilyes, Lina, Adam, Nour, Rami, \
    Soumaya, Tarek, Dalia, Sofiane, Houda, Malik, Zineb, Hichem, Rim, Farid, Siham, Elias, Mouna";

const LATIN_LAST: &str = "Rodriguez, Garcia, Lopez, Martinez, Gonzalez, Hernandez, Perez, Sanchez, Ramirez, Torres, Flores, Diaz, \
    Da Silva, Pereira, Ferreira, Santos, Oliveira, Costa, Gomes, Vasquez, Castillo, Morales, Rojas, Medeiros, Ortiz, Vargas, Mendoza, \
    Restrepo, Quispe, Fuentes, Muñoz, Reyes, Pacheco, Arruda, Moniz, Alvarez, Guzman, Salazar, Cárdenas, Zapata";

const LATIN_FIRST: &str = "Maria, Carlos, Ana, José, Andrea, Luis, Paola, Juan, Daniela, Miguel, Carolina, Diego, Claudia, Jorge, \
    Sofia, Manuel, Isabel, Antonio, Gabriela, Fernando, Valentina, Pedro, Mariana, Ricardo, Lucia, Andrés, Patricia, Rafael, Camila, \
    Paulo, Teresa, João, Natalia, Javier, Luisa, Sergio, Beatriz, Mateo, Rosa, Oscar, Elena, Tiago";

const ITALIAN_LAST: &str = "Russo, Rossi, Romano, Esposito, Ricci, Mancini, Di Iorio, Colangelo, D'Amico, Di Stefano, Marino, Greco, \
    Lombardi, Bruno, Gallo, Conti, De Luca, Costa, Giordano, Rizzo, Caruso, Ferrara, Santoro, Rinaldi, Caputo, Fiore, Papadopoulos, \
    Georgiou, Nikolaidis, Tsiakas, Vlahos, Panetta, Vincelli, Ciccarelli, Zampino, Petrella, Morelli, Testa";

const ITALIAN_FIRST: &str = "Antonio, Maria, Giuseppe, Anna, Domenic, Rosa, Frank, Teresa, Marco, Lisa, Tony, Nancy, Sergio, Sandra, \
    Michael, Josie, Angelo, Carmela, Nick, Elena, Mario, Daniela, Vito, Sabrina, Roberto, Franca, Peter, Sofia, George, Helen, \
    Luca, Alessia, Matteo, Vanessa, Julian, Bianca, Steven, Katerina, Massimo, Gabriella";

const ASIAN_LAST: &str = "Nguyen, Tran, Chen, Singh, Le, Wang, Patel, Li, Pham, Kaur, Zhang, Liu, Kim, Khan, Wong, Sharma, Wu, Vo, Lee, \
    Huang, Santos, Reyes, Cruz, Bautista, Kumar, Das, Rahman, Yang, Lam, Park, Chowdhury, Sok, Chan, Begum, Nair, Tanaka, Bui, Dang, \
    Hoang, Xu, Ly, Ngo, Shah, Gill, Malik, Hussain, Perera, Sivakumar";

const ASIAN_FIRST: &str = "Minh, Linh, Wei, Anh, Kevin, Jessica, Raj, Priya, Thanh, Mai, Jun, Li, Van, Thi, David, Amy, Amit, Anita, Hoang, \
    Kim, Jian, Xin, Long, Huong, Vincent, Cindy, Harpreet, Simran, Tuan, Lan, Ming, Yan, Arjun, Neha, Quoc, Phuong, Daniel, Jenny, \
    Hao, Ying, Mark, Angela, Imran, Ayesha, Ji-woo, Soo-jin, Andy, Michelle, Sanjay, Divya, Jayden, Grace";
